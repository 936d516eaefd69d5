import type { Clock } from '../../core/clock.js'

/** Milliseconds without a word from or to a client after which it is pinged. */
export const pingMs = 25_000
const tickMs = 5_000
const quietTicks = pingMs / tickMs - 1 // a flag is up to one tick old
const deadTicks = quietTicks + 3

/**
 * A message may take three ticks, and one more for as many bytes as this: a slow upload of 4 kB a
 * second is no attack, a byte now and then is.
 */
const unfinishedTicks = 3
const bytesOfTick = 20 * 1024

/**
 * A connection whose life is watched. The flags are raised as things happen, and lowered by the
 * next tick.
 */
export interface Watched {
  /** A whole message or control frame has come. */
  heard: boolean
  /** Bytes that have come of a message that is not complete. */
  readonly unfinished: number
  /** How many messages were complete: the next one that is not is another. */
  readonly completed: number
  /** Something was written. */
  sent: boolean
  /**
   * Nothing was heard, or nothing sent, for a while: the client is to be asked for a sign of life.
   */
  quiet(): void
  /** Nobody is there any more, or somebody keeps a message unfinished. */
  lost(why: string): void
}

/**
 * One timer for all connections, and no clock reading for a message: a tick counts how long each
 * connection's flags have been down.
 */
export interface Heartbeat {
  watch(connection: Watched): void
  unwatch(connection: Watched): void
  stop(): void
}

interface Counts {
  unheard: number
  unsent: number
  /** For how long the same message has not been complete. */
  unfinished: number
  /** Messages that were complete at the last tick. */
  completed: number
}

export function heartbeat(clock: Clock): Heartbeat {
  const connections = new Map<Watched, Counts>()
  let stop = clock.after(tickMs, tick)

  function tick(): void {
    stop = clock.after(tickMs, tick)
    for (const [connection, counts] of connections) look(connection, counts)
  }

  return {
    watch(connection) {
      connections.set(connection, { unheard: 0, unsent: 0, unfinished: 0, completed: 0 })
    },
    unwatch: (connection) => connections.delete(connection),
    stop: () => stop(),
  }
}

function look(connection: Watched, counts: Counts): void {
  const { unfinished, completed } = connection
  // A message that is on its way has a rule of its own.
  counts.unheard = connection.heard || unfinished > 0 ? 0 : counts.unheard + 1
  counts.unsent = connection.sent ? 0 : counts.unsent + 1
  if (unfinished === 0) counts.unfinished = 0
  else counts.unfinished = completed === counts.completed ? counts.unfinished + 1 : 1
  counts.completed = completed
  connection.heard = false
  connection.sent = false
  if (counts.unfinished > unfinishedTicks + unfinished / bytesOfTick)
    connection.lost('a message was begun and not finished within 15 s; send it faster, or in parts')
  else if (counts.unheard >= deadTicks) connection.lost('nothing was heard for 35 s; answer "Ping" with "Pong"')
  else if (counts.unheard === quietTicks || counts.unsent >= quietTicks) {
    counts.unsent = 0
    connection.quiet()
  }
}
