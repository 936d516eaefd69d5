import type { Socket } from 'node:net'
import { createSecureContext, createServer, type TLSSocket } from 'node:tls'
import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { OnFailure } from '../../core/outlet.js'
import { type GatewayTls, readTlsFiles } from './tls-files.js'

/** A client that has not finished its handshake is cut off after this time, in milliseconds. */
const handshakeTimeoutMs = 10_000

/** How often the files are read again, in milliseconds. */
const readAgainMs = 5000

export interface TlsEndOptions {
  readonly files: GatewayTls
  readonly clock: Clock
  readonly onError: OnFailure
  /** Receives each connection after its handshake, and the connection that carries it. */
  secured(socket: TLSSocket, carrier: Socket | undefined): void
}

/** The relay's end of TLS connections. */
export interface TlsEnd {
  /** Begins the handshake on a connection. */
  take(socket: Socket): void
  close(): void
}

/**
 * Ends TLS. Changed files count for new connections, and open ones continue. If the new files are
 * invalid, the old ones stay in use.
 * @throws if the files can't be read, or are invalid
 */
export function openTlsEnd({ files, clock, onError, secured }: TlsEndOptions): TlsEnd {
  let current = readTlsFiles(files)
  const server = createServer({ ...current, handshakeTimeout: handshakeTimeoutMs, allowHalfOpen: true })
  server.on('secureConnection', (socket: Carried) => secured(socket, socket._parent))
  server.on('tlsClientError', (_, socket) => socket.destroy())
  let stopClock = clock.after(readAgainMs, readAgain)

  function readAgain(): void {
    stopClock = clock.after(readAgainMs, readAgain)
    try {
      const now = readTlsFiles(files)
      if (sameText(now.cert, current.cert) && sameText(now.key, current.key) && sameText(now.ca, current.ca)) return
      current = now
      createSecureContext(now)
      server.setSecureContext(now)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      onError(new WildcastError('internal', `the new certificate is not used, the old one stays: ${why}`), {
        stage: 'tls',
      })
    }
  }

  return {
    take: (socket) => void server.emit('connection', socket),
    close: () => stopClock(),
  }
}

/** Node's own field, which has no type. */
type Carried = TLSSocket & { readonly _parent?: Socket }

function sameText(one: unknown, other: unknown): boolean {
  return String(one) === String(other)
}
