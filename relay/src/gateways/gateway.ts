import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Hono } from 'hono'
import type { RelayView } from '../core/relay.js'

/** An unanswered WebSocket handshake. */
export interface Handshake {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  /** The path as it was sent, without the query. */
  readonly path: string
}

/** The server, as gateways use it. */
export interface Ports {
  /** The routes of the relay's HTTP server. */
  readonly routes: Hono
  /** Registers a handler of WebSocket handshakes. It returns true if it answers the handshake. */
  onUpgrade(take: (handshake: Handshake) => boolean): void
  /** Aborted when the relay shuts down: a gateway announces that to its clients, and closes. */
  readonly closing: AbortSignal
  /** Called when `closing` is aborted: delays the end until the work is done. */
  stayFor(work: Promise<void>): void
}

/** The server of a port without HTTP, as its gateway uses it. */
export type SocketGatewayPorts = Pick<Ports, 'closing' | 'stayFor'>

/** Connects a dialect on a port of its own to sessions. Returns what takes each connection. */
export type SocketGateway = (ports: SocketGatewayPorts, relay: RelayView) => (socket: Socket) => void

/** Connects a dialect to sessions. All decisions about actions are in `Session`. */
export type Gateway = (ports: Ports, relay: RelayView) => void

/** Answers a handshake with plain HTTP, and closes the socket whatever its client does. */
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
