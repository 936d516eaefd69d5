import { type AddressInfo, createServer, type Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { OnFailure } from '../../core/outlet.js'
import { descriptors } from '../descriptors.js'
import { stopListening } from '../stop-listening.js'
import { wakefulClock } from './clock.js'

export interface AcceptorOptions {
  /** 0 picks a free port. */
  readonly port: number
  readonly host?: string | undefined
  /** Takes a connection from which nothing was read. */
  accepted(socket: Socket): void
  /** Receives the reason if a connection can't be accepted. */
  readonly onError: OnFailure
}

/** A port that this process listens on for workers. */
export interface Acceptor {
  readonly port: number
  /** Stops listening; accepted connections stay open. Resolves when no more are accepted. */
  close(): Promise<void>
}

export function acceptor({ port, host, accepted, onError }: AcceptorOptions): Promise<Acceptor> {
  // Only the worker reads. Small writes are not delayed, as in HTTP servers.
  const admits = descriptors({ clock: wakefulClock, onError })
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    if (admits(socket)) accepted(socket)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      server.on('error', (cause) => onError(WildcastError.from(cause), { stage: 'accept' }))
      resolve({ port: (server.address() as AddressInfo).port, close: () => stopListening(server) })
    })
  })
}
