import { useEffect, useState } from 'react'
import { feed } from './feed.js'
import { tally } from './tally.js'
import { ValueRows } from './value-rows.jsx'

/** The floor: values that the page makes itself, shown by one `setState` per frame. */
export function ValuesDrawn({ subjects, rate, seconds }) {
  const [values, setValues] = useState(() => new Map())
  useEffect(() => {
    const now = new Map()
    let due = false
    const show = () => {
      due = false
      setValues(new Map(now))
    }
    tally.ready = subjects.length
    return feed({ subjects: subjects.length, rate, seconds }, (index, data) => {
      now.set(subjects[index], { data })
      if (!due) requestAnimationFrame(show)
      due = true
    })
  }, [subjects, rate, seconds])
  return <ValueRows values={values} />
}
