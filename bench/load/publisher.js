import { frame } from './frame.js'
import { payloads } from './time-stamp.js'

/**
 * Publishes messages; those of one call take one write for each connection.
 * @param {import('./pump.js').Course} course
 * @returns {(first: number, count: number) => void}
 */
export function publisher({ dialect, publishers, subjects, size, confirmed }) {
  const payload = payloads(size)
  return (first, count) => {
    const frames = publishers.map(() => [])
    for (let i = first; i < first + count; i++) {
      const content = dialect.publish(subjects[i % subjects.length], payload(), confirmed ? i : undefined)
      frames[i % publishers.length].push(frame(content, dialect.kind))
    }
    for (const [i, connection] of publishers.entries()) if (frames[i].length > 0) connection.write(frames[i])
  }
}
