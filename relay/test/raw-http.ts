import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type Socket, connect as tcp } from 'node:net'
import { onTestFinished } from 'vitest'
import type { StartedRelay } from './start-relay.js'

/**
 * An HTTP client below the level of any library: it may send what it likes, and keeps every byte
 * that it hears.
 */
export interface RawHttp {
  readonly socket: Socket
  write(text: string): void
  /** What the relay has said so far, a character for each byte. */
  readonly said: string
  /** All that it has said, once the connection has ended. */
  readonly closed: Promise<string>
}

export async function dial({ port }: StartedRelay): Promise<RawHttp> {
  const socket = tcp({ host: '127.0.0.1', port })
  onTestFinished(() => void socket.destroy())
  let said = ''
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  const closed = new Promise<string>((resolve) => socket.on('close', () => resolve(said)))
  await once(socket, 'connect')
  return {
    socket,
    write: (text) => void socket.write(text, 'latin1'),
    closed,
    get said() {
      return said
    },
  }
}

/**
 * What the relay says to these bytes until it ends the connection, which this client never does.
 */
export async function answerTo(relay: StartedRelay, text: string): Promise<string> {
  const client = await dial(relay)
  client.write(text)
  return client.closed
}

/** The first that the relay says to these bytes: for connections that may stay. */
export async function firstAnswerTo(relay: StartedRelay, text: string): Promise<string> {
  const client = await dial(relay)
  client.write(text)
  await once(client.socket, 'data')
  return client.said
}

/** A request that asks for its connection to end. */
export function request(line: string, headers: readonly string[] = [], body = ''): string {
  return `${[`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n${body}`
}

/**
 * A WebSocket handshake. A header that is named here replaces that of a good one; without a value
 * it is left out.
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

/** The server that a relay listens with, as Node tells of it. */
export async function serverOf({ address }: StartedRelay): Promise<Server> {
  let found: Server | undefined
  const hear = (message: unknown): void => {
    found = (message as { readonly server: Server }).server
  }
  subscribe('http.server.request.start', hear)
  await fetch(`http://${address}/healthz`, { headers: { connection: 'close' } })
  unsubscribe('http.server.request.start', hear)
  if (!found) throw new Error('Node has told of no request')
  return found
}
