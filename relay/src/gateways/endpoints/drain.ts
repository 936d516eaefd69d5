import type { WildcastError } from '@wildcast/protocol'
import type { RelayView } from '../../core/relay.js'
import { within } from '../../core/within.js'
import { goingAway } from '../dialects/dialect.js'
import { reconnectWindow } from './reconnect-window.js'

/** A connection whose client should come back later. */
export interface Draining {
  /** Announces the shutdown: the client should come back at a random time in the window. */
  goAway(windowMs: readonly [fromMs: number, toMs: number]): void
  /** Resolves when every received publish of the client is answered. */
  whenAnswered(): Promise<void>
  /** Closes it, after waiting frames. */
  leave(error: WildcastError): void
}

/** Up to this window, all clients are closed at once. */
const atOnceMs = 1000

/** How long to wait for brokers: a client can't know the outcome of an unanswered publish. */
const answersMs = 1000

/** How many turns of the event loop to wait for fan-outs. */
const mostTurns = 100

/**
 * Announces the shutdown to clients, and closes each connection at a random time in the announced
 * window, so that they do not all come back at once. Serves them until then. Resolves when the last
 * is closed.
 */
export async function drain(
  connections: readonly Draining[],
  { clock, slice }: Pick<RelayView, 'clock' | 'slice'>,
): Promise<void> {
  const windowMs = reconnectWindow(connections.length)
  const [fromMs, toMs] = windowMs
  const answered = (connection: Draining): Promise<void> => within(answersMs, connection.whenAnswered(), clock)
  const leave = (connection: Draining): void => connection.leave(goingAway())
  const atOnce = toMs <= atOnceMs
  if (atOnce) await Promise.all(connections.map(answered))
  // After waiting fan-outs, whose publishes have been acknowledged.
  await fannedOut({ clock, slice })
  for (const connection of connections) connection.goAway(windowMs)
  if (atOnce) {
    connections.forEach(leave)
    return
  }
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) =>
          clock.after(fromMs + clock.random() * (toMs - fromMs), () =>
            resolve(answered(connection).then(() => leave(connection))),
          ),
        ),
    ),
  )
}

/** Resolves when no fan-out waits, or after `mostTurns`: a broker may always deliver more. */
async function fannedOut({ clock, slice }: Pick<RelayView, 'clock' | 'slice'>): Promise<void> {
  for (let turns = 0; turns < mostTurns; turns++) {
    await new Promise<void>((resolve) => slice.later(resolve))
    // Input of the same turn may have been acknowledged, and fans out in promise callbacks.
    await new Promise<void>((resolve) => clock.endOfTurn(resolve))
    if (!slice.isBehind) return
  }
}
