import { publisher } from './publisher.js'

const checkMs = 500
const checksUntilStalled = 40

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
 * @property {number} [window] How many messages are in flight: until every copy has arrived and, with `confirmed`, the confirmation.
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
 * @param {(turn: () => void) => void} onTurn Is given what is to be called when the counts have changed.
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
    beatMs: perSecond === undefined ? checkMs : 1,
    moved: () => counts.received + counts.confirmed,
  })
  return { ...counts, sent, lost: sent * copies - counts.received, seconds: (endedAt - begun) / 1000 }
}

/** Takes turns when something has arrived, and at each beat; resolves when a turn says that all is through, or when nothing moves. */
function untilThrough({ turn, onTurn, beatMs, moved }) {
  return new Promise((resolve) => {
    let wanted = false
    let over = false
    let last = -1
    let still = 0
    const take = () => {
      wanted = false
      if (!over && turn()) end()
    }
    const beat = setInterval(take, beatMs)
    const checks = setInterval(() => {
      still = moved() === last ? still + 1 : 0
      last = moved()
      if (still === checksUntilStalled) end()
    }, checkMs)

    function end() {
      over = true
      clearInterval(beat)
      clearInterval(checks)
      onTurn(() => {})
      resolve(undefined)
    }
    // Once for all that is read in a turn of the event loop, as servers do.
    onTurn(() => {
      if (!wanted) setImmediate(take)
      wanted = true
    })
    take()
  })
}
