import { useEffect, useState } from 'react'
import { feed } from './feed.js'
import { Row } from './row.jsx'
import { count, tally } from './tally.js'

/**
 * The floor: rows that the page makes itself, shown by one `setState` per frame. Without a network
 * and an SDK, it counts and draws what the others do.
 */
export function Drawn({ subjects, rate, seconds }) {
  const [newest, setNewest] = useState([])
  useEffect(() => {
    const rows = []
    let due = false
    const show = () => {
      due = false
      setNewest([...rows])
    }
    tally.ready = subjects.length
    return feed({ subjects: subjects.length, rate, seconds }, (index, row) => {
      count(subjects[index], row)
      rows[index] = row
      if (!due) requestAnimationFrame(show)
      due = true
    })
  }, [subjects, rate, seconds])
  return subjects.map((subject, i) => <Row key={subject} subject={subject} newest={newest[i]} />)
}
