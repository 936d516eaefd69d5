import { publisher } from './publisher.js'
import { untilThrough } from './until-through.js'

/**
 * @typedef {object} Counts What has happened since the last run began.
 * @property {number} received Messages, at all subscribers together.
 * @property {number} confirmed Confirmations, at all publishers together.
 *
 * @typedef {object} Course How messages are published.
 * @property {import('./dialects/dialect.js').Dialect} dialect
 * @property {readonly import('./connection.js').Connection[]} publishers They publish in turns.
 * @property {readonly string[]} subjects They are published to in turns.
 * @property {number} copies How many subscriptions one message reaches.
 * @property {number} size Bytes of a payload.
 * @property {number} [window] How many messages are in flight: until every copy has arrived and,
 * with `confirmed`, the confirmation.
 * @property {number} [perSecond] Instead of a window.
 * @property {boolean} [confirmed]
 * @property {Counts} counts
 *
 * @typedef {object} Until
 * @property {number} [messages]
 * @property {number} [durationMs]
 */

/**
 * Keeps messages in flight, until all have arrived or nothing has moved for twenty seconds.
 * @param {Course} course
 * @param {Until} until
 * @param {(turn: () => void) => void} onTurn Is given what is to be called when the counts have
 * changed.
 */
export async function pump(course, { messages = Infinity, durationMs = Infinity }, onTurn) {
  const { copies, window = 1, perSecond, confirmed, counts } = course
  const publish = publisher(course)
  const begun = performance.now()
  let endedAt = begun
  let sent = 0

  function completed() {
    const delivered = Math.floor(counts.received / copies)
    return confirmed ? Math.min(delivered, counts.confirmed) : delivered
  }

  /** Publishes what may be published now. Returns whether all is through. */
  function turn() {
    endedAt = performance.now()
    const elapsedMs = endedAt - begun
    const due = perSecond === undefined ? completed() + window : Math.floor((elapsedMs / 1000) * perSecond)
    const more = elapsedMs < durationMs ? Math.min(due, messages) - sent : 0
    if (more > 0) publish(sent, more)
    sent += Math.max(more, 0)
    return (sent === messages || elapsedMs >= durationMs) && completed() >= sent
  }

  counts.received = 0
  counts.confirmed = 0
  await untilThrough({
    turn,
    onTurn,
    beatMs: perSecond === undefined ? undefined : 1,
    moved: () => counts.received + counts.confirmed,
  })
  return { ...counts, sent, lost: sent * copies - counts.received, seconds: (endedAt - begun) / 1000 }
}
