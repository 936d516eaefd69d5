import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Hono } from 'hono'
import type { RelayView } from '../core/relay.js'

/** A WebSocket handshake that nobody has answered yet. */
export interface Handshake {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  /** The path as it was sent, without the query. */
  readonly path: string
}

/** Where the outside comes in. */
export interface Ports {
  /** The routes of the relay's one HTTP server. */
  readonly routes: Hono
  /** Takes WebSocket handshakes; true where this one was its own, and so is answered by it. */
  onUpgrade(take: (handshake: Handshake) => boolean): void
  /** Aborted when the relay goes away: a gateway announces it to its clients, and closes. */
  readonly closing: AbortSignal
  /** Called while that is aborted: the relay stays until the work is done. */
  stayFor(work: Promise<void>): void
}

/**
 * Speaks a dialect outside and `Session` inside. Everything that decides about an action stands in
 * the session.
 */
export type Gateway = (ports: Ports, relay: RelayView) => void

/** Answers a handshake with plain HTTP, and lets the socket go, whatever its client does. */
export function refuseHandshake(socket: Duplex, status: number, why: string, headers: readonly string[] = []): void {
  const body = `${why}\n`
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
