import type { Clock } from '../../core/clock.js'
import type { Limits } from '../../core/limits.js'

const tickMs = 5_000

/** How much earlier than it counts as lost a silent client is pinged, in milliseconds. */
const answerMs = 10_000

/** Milliseconds without data from or to a client after which it is pinged. */
export function pingMs({ idleMs }: Pick<Limits, 'idleMs'>): number {
  return idleMs - answerMs
}

/**
 * A message may take three ticks, and one more per this many bytes: a slow upload of 4 kB a second
 * is no attack, a byte now and then is.
 */
const unfinishedTicks = 3
const bytesOfTick = 20 * 1024

/**
 * A connection that the heartbeat watches. The connection sets the flags; each tick clears them.
 */
export interface Watched {
  /** A whole message or control frame has come. */
  hasReceived: boolean
  /** Received bytes of an incomplete message. */
  readonly unfinished: number
  /** The number of complete messages: a change means another incomplete one. */
  readonly completed: number
  /** Something was written. */
  hasSent: boolean
  /** Nothing was received, or nothing sent, for a while: the client must be pinged. */
  quiet(): void
  /** The client is gone, or keeps a message incomplete. */
  lost(why: string): void
}

/**
 * One timer for all connections, and no clock reading for a message: ticks count how long each
 * connection's flags have been clear.
 */
export interface Heartbeat {
  watch(connection: Watched): void
  unwatch(connection: Watched): void
  stop(): void
}

/** The ticks after which a silent client is pinged, and counts as lost. */
interface Silence {
  readonly quietTicks: number
  readonly deadTicks: number
}

interface Counts {
  ticksWithoutInput: number
  ticksWithoutOutput: number
  /** For how many ticks the same message has been incomplete. */
  unfinished: number
  /** Complete messages at the last tick. */
  completed: number
}

/** Starts the heartbeat of all connections. */
export function heartbeat(clock: Clock, limits: Pick<Limits, 'idleMs'>): Heartbeat {
  const silence: Silence = {
    quietTicks: Math.floor(pingMs(limits) / tickMs) - 1, // a flag is up to one tick old
    deadTicks: Math.floor(limits.idleMs / tickMs),
  }
  const connections = new Map<Watched, Counts>()
  let stop = clock.after(tickMs, tick)

  function tick(): void {
    stop = clock.after(tickMs, tick)
    for (const [connection, counts] of connections) check(connection, counts, silence)
  }

  return {
    watch(connection) {
      connections.set(connection, { ticksWithoutInput: 0, ticksWithoutOutput: 0, unfinished: 0, completed: 0 })
    },
    unwatch: (connection) => connections.delete(connection),
    stop: () => stop(),
  }
}

function check(connection: Watched, counts: Counts, { quietTicks, deadTicks }: Silence): void {
  const { unfinished, completed } = connection
  // An incomplete message has its own rule.
  counts.ticksWithoutInput = connection.hasReceived || unfinished > 0 ? 0 : counts.ticksWithoutInput + 1
  counts.ticksWithoutOutput = connection.hasSent ? 0 : counts.ticksWithoutOutput + 1
  if (unfinished === 0) counts.unfinished = 0
  else counts.unfinished = completed === counts.completed ? counts.unfinished + 1 : 1
  counts.completed = completed
  connection.hasReceived = false
  connection.hasSent = false
  if (counts.unfinished > unfinishedTicks + unfinished / bytesOfTick)
    connection.lost('a message was begun and not finished within 15 s; send it faster, or in parts')
  else if (counts.ticksWithoutInput >= deadTicks)
    connection.lost(`nothing was received for ${(deadTicks * tickMs) / 1000} s; answer "Ping" with "Pong"`)
  else if (counts.ticksWithoutInput === quietTicks || counts.ticksWithoutOutput >= quietTicks) {
    counts.ticksWithoutOutput = 0
    connection.quiet()
  }
}
