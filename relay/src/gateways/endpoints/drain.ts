import type { WildcastError } from '@wildcast/protocol'
import type { RelayView } from '../../core/relay.js'
import { goingAway } from '../dialects/dialect.js'
import { reconnectWindow } from './reconnect-window.js'

/** A connection whose client is to come back later. */
export interface Draining {
  /** Announces that the relay goes away: the client shall come back at a random moment of this window. */
  goAway(windowMs: readonly [fromMs: number, toMs: number]): void
  /** Closes it, behind what waits to be written. */
  leave(error: WildcastError): void
}

/** Clients that all come back within so short a time need not be closed one by one. */
const atOnceMs = 1000

/**
 * Announces to clients that the relay goes away, and closes their connections: each at a random
 * moment of the window that they are told, so that they do not come back all at once. Until then
 * they are served. Resolves when the last is closed.
 */
export async function drain(
  connections: readonly Draining[],
  { clock, slice }: Pick<RelayView, 'clock' | 'slice'>,
): Promise<void> {
  const windowMs = reconnectWindow(connections.length)
  const [fromMs, toMs] = windowMs
  // Behind what waits to be handed out: it has been acknowledged.
  await new Promise<void>((resolve) => slice.later(resolve))
  for (const connection of connections) connection.goAway(windowMs)
  const leave = (connection: Draining): void => connection.leave(goingAway())
  if (toMs <= atOnceMs) {
    connections.forEach(leave)
    return
  }
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) =>
          clock.after(fromMs + clock.random() * (toMs - fromMs), () => {
            leave(connection)
            resolve()
          }),
        ),
    ),
  )
}
