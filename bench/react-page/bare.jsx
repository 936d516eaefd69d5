import { useEffect, useState } from 'react'
import { Row } from './row.jsx'
import { count, tally } from './tally.js'

/** Messages that are kept of a subject: the default of a hook. */
const keep = 100

/**
 * The control: a WebSocket, `JSON.parse`, and one `setState` per frame. It has no session, and does
 * not reconnect, handle refusals, or share its lists.
 */
export function Bare({ subjects }) {
  const [newest, setNewest] = useState([])
  useEffect(() => {
    const lists = subjects.map(() => [])
    const named = new Map()
    let due = false
    const show = () => {
      due = false
      for (const list of lists) if (list.length > keep) list.splice(0, list.length - keep)
      setNewest(lists.map((list) => list.at(-1)))
    }
    const socket = new WebSocket(`ws://${location.host}/ws`, 'wildcast.v1+json')
    socket.onopen = () => {
      subjects.forEach((subject, ref) => {
        socket.send(JSON.stringify({ Subscribe: { ref, subject } }))
      })
    }
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data)
      if (frame === 'Ping') socket.send('"Pong"')
      if (frame.Subscribed) {
        named.set(frame.Subscribed.id, frame.Subscribed.ref)
        tally.ready++
      }
      if (!frame.Message) return
      const index = named.get(frame.Message.id)
      const row = JSON.parse(frame.Message.message)
      count(subjects[index], row)
      lists[index].push(row)
      if (!due) requestAnimationFrame(show)
      due = true
    }
    return () => socket.close()
  }, [subjects])
  return subjects.map((subject, i) => <Row key={subject} subject={subject} newest={newest[i]} />)
}
