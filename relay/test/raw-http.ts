import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type Socket, connect as tcp } from 'node:net'
import { onTestFinished } from 'vitest'
import type { StartedRelay } from './start-relay.js'

/**
 * An HTTP client without any library: it can send any bytes, and keeps every byte that it receives.
 */
export interface RawHttp {
  readonly socket: Socket
  write(text: string): void
  /** The bytes of the relay so far, a character for each. */
  readonly received: string
  /** All bytes of the relay, once the connection has ended. */
  readonly closed: Promise<string>
}

export async function dial({ port }: StartedRelay): Promise<RawHttp> {
  const socket = tcp({ host: '127.0.0.1', port })
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(received)))
  await once(socket, 'connect')
  return {
    socket,
    write: (text) => void socket.write(text, 'latin1'),
    closed,
    get received() {
      return received
    },
  }
}

/** The relay's answer to these bytes until it ends the connection, which this client never does. */
export async function answerTo(relay: StartedRelay, text: string): Promise<string> {
  const client = await dial(relay)
  client.write(text)
  return client.closed
}

/** The first part of the relay's answer, for connections that may stay open. */
export async function firstAnswerTo(relay: StartedRelay, text: string): Promise<string> {
  const client = await dial(relay)
  client.write(text)
  await once(client.socket, 'data')
  return client.received
}

/** A request that closes its connection. */
export function request(line: string, headers: readonly string[] = [], body = ''): string {
  return `${[`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n${body}`
}

/**
 * A WebSocket handshake. Named headers replace the valid ones, or remove them if they are
 * undefined.
 */
export function handshake(line: string, named: Readonly<Record<string, string | undefined>> = {}): string {
  const headers = {
    Host: 'x',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...named,
  }
  const present = Object.entries(headers).filter(([, value]) => value !== undefined)
  return `${[`${line} HTTP/1.1`, ...present.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`
}

/** The server that a relay listens with, from Node's diagnostics. */
export async function serverOf({ address }: StartedRelay): Promise<Server> {
  let found: Server | undefined
  const record = (message: unknown): void => {
    found = (message as { readonly server: Server }).server
  }
  subscribe('http.server.request.start', record)
  await fetch(`http://${address}/healthz`, { headers: { connection: 'close' } })
  unsubscribe('http.server.request.start', record)
  if (!found) throw new Error('Node has reported no request')
  return found
}
