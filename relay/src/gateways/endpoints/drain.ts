import type { WildcastError } from '@wildcast/protocol'
import type { RelayView } from '../../core/relay.js'
import { goingAway } from '../dialects/dialect.js'
import { reconnectWindow } from './reconnect-window.js'

/** A connection whose client is to come back later. */
export interface Draining {
  /**
   * Announces that the relay goes away: the client shall come back at a random moment of this
   * window.
   */
  goAway(windowMs: readonly [fromMs: number, toMs: number]): void
  /** Resolves when each publish of its client that was received is answered. */
  whenAnswered(): Promise<void>
  /** Closes it, behind what waits to be written. */
  leave(error: WildcastError): void
}

/** Clients that all come back within so short a time need not be closed one by one. */
const atOnceMs = 1000

/**
 * Brokers are waited for so long: a client can't know what became of a publish that is not
 * answered.
 */
const answersMs = 1000

/** What waits to be handed out is waited for in so many turns of the event loop. */
const mostTurns = 100

/**
 * Announces to clients that the relay goes away, and closes their connections: each at a random
 * moment of the announced window, so that they do not come back all at once. Until then
 * they are served. Resolves when the last is closed.
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
  // Behind what waits to be handed out: it has been acknowledged.
  await handedOut({ clock, slice })
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

/**
 * Resolves when nothing waits to be handed out, or after many turns: a broker may bring more all
 * the time.
 */
async function handedOut({ clock, slice }: Pick<RelayView, 'clock' | 'slice'>): Promise<void> {
  for (let turns = 0; turns < mostTurns; turns++) {
    await new Promise<void>((resolve) => slice.later(resolve))
    // What came in beside it in that turn may have been acknowledged, and is handed out by
    // promises.
    await new Promise<void>((resolve) => clock.endOfTurn(resolve))
    if (!slice.isBehind) return
  }
}

/** Resolves with something, or after so many milliseconds. */
function within(ms: number, work: Promise<void>, clock: RelayView['clock']): Promise<void> {
  return new Promise((resolve) => {
    const stopClock = clock.after(ms, resolve)
    void work.then(() => {
      stopClock()
      resolve()
    })
  })
}
