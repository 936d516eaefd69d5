import { type AddressInfo, createServer, type Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { OnFailure } from '../../core/outlet.js'
import { descriptors } from '../descriptors.js'
import { wakefulClock } from './clock.js'

export interface AcceptorOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly host?: string | undefined
  /** Takes a connection, of which nothing was read. */
  accepted(socket: Socket): void
  /** Takes why a connection could not be accepted. */
  readonly onError: OnFailure
}

/** A port that is listened on for others. */
export interface Acceptor {
  readonly port: number
  /** Stops to listen; whoever has come stays. */
  close(): void
}

export function acceptor({ port, host, accepted, onError }: AcceptorOptions): Promise<Acceptor> {
  // Nobody but the worker reads. As servers for HTTP have it, small writes are not held back.
  const admits = descriptors({ clock: wakefulClock, onError })
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    if (admits(socket)) accepted(socket)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      server.on('error', (cause) => onError(WildcastError.from(cause), { stage: 'accept' }))
      resolve({ port: (server.address() as AddressInfo).port, close: () => void server.close() })
    })
  })
}
