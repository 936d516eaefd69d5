import { publisher } from './publisher.js'
import { untilComplete } from './until-complete.js'

/**
 * @typedef {object} Counts Events since the last run began.
 * @property {number} received Messages, over all subscribers.
 * @property {number} confirmed Confirmations, over all publishers.
 *
 * @typedef {object} Course The publishes of a run.
 * @property {import('./dialects/dialect.js').Dialect} dialect
 * @property {readonly import('./connection.js').Connection[]} publishers Used in turn.
 * @property {readonly string[]} subjects Used in turn.
 * @property {number} copies Subscriptions that one message reaches.
 * @property {number} size Bytes of a payload.
 * @property {number} [window] Messages in flight: until every copy has arrived and, with
 * `confirmed`, the confirmation.
 * @property {number} [perSecond] Instead of a window.
 * @property {boolean} [confirmed]
 * @property {Counts} counts
 *
 * @typedef {object} Until
 * @property {number} [messages]
 * @property {number} [durationMs]
 */

/**
 * Keeps messages in flight, until all have arrived or none has for twenty seconds.
 * @param {Course} course
 * @param {Until} until
 * @param {(turn: () => void) => void} onTurn Registers a function to call when the counts have
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

  /** Publishes the messages that are due. Returns whether all have arrived. */
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
  await untilComplete({
    turn,
    onTurn,
    tickMs: perSecond === undefined ? undefined : 1,
    arrived: () => counts.received + counts.confirmed,
  })
  return { ...counts, sent, lost: sent * copies - counts.received, seconds: (endedAt - begun) / 1000 }
}
