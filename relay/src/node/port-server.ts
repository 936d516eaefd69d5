import type { ListenOptions, Server, Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import { realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'

/** The server of a port. */
export interface PortServer {
  /** Takes a connection that another process has accepted. */
  take(socket: Socket): void
  /**
   * Starts to listen. Resolves with the port, which matters if 0 was requested, or undefined for a
   * path.
   */
  listen(where: ListenOptions): Promise<number | undefined>
  /**
   * Stops listening, and closes idle connections. Resolves when the last connection has closed. One
   * that has just been opened is served first.
   * @param drained - busy connections are left alone until it resolves
   */
  close(drained: Promise<unknown>): Promise<void>
}

/** How long busy connections may delay the close. */
const closeGraceMs = 3000

/** Resolves with the port. Reports later errors. */
export function listening(server: Server, where: ListenOptions, onError: OnFailure): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      server.on('error', (cause) => onError(WildcastError.from(cause), { stage: 'accept' }))
      const address = server.address()
      resolve(typeof address === 'object' ? address?.port : undefined)
    })
  })
}

/** Resolves when everything has closed. After the grace period, `force` closes the rest. */
export async function withinGrace(closed: Promise<unknown>, force: () => void): Promise<void> {
  const stopClock = realClock.after(closeGraceMs, force)
  await closed
  stopClock()
}
