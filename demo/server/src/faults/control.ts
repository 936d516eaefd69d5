import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Program } from '../brokers/program.js'
import { isLocalPage, isToken } from './guard.js'
import { openSlowLine } from './slow-line.js'

/** The address of the control, and the token that it demands. */
export interface Control {
  readonly url: string
  readonly token: string
  /** The brokers that it can restart. */
  readonly brokers: readonly string[]
}

type Brokers = Readonly<Record<string, Program>>

/** How long a broker is away, so that the page can show it, in milliseconds. */
const awayMs = 3000

/** Bytes a second of the slowest line. */
const slowest = 1000

/**
 * Opens the local endpoint of the fault panel, in which the relay has no part. It listens on
 * loopback, and serves pages of this machine that have the token.
 */
export async function openControl(brokers: Brokers): Promise<Control> {
  const token = randomBytes(16).toString('hex')
  const server = createServer((request, response) => {
    answer(request, response, { token, brokers }).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(500).end(),
    )
  })
  server.on('upgrade', (request, socket, head) => {
    socket.unshift(head)
    if (!joinRelay(request, socket, token))
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, token, brokers: Object.keys(brokers) }
}

/** Does what a page asks for. Returns the status of the answer. */
async function answer(
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
  { token, brokers }: { readonly token: string; readonly brokers: Brokers },
): Promise<number> {
  const { origin, authorization } = headers
  if (!isLocalPage(origin)) return 403
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Allow-Headers', 'authorization')
  if (method === 'OPTIONS') return 204
  if (!isToken(authorization?.replace(/^Bearer /, ''), token)) return 401
  const name = /^\/brokers\/(\w+)\/restart$/.exec(url)?.[1] ?? ''
  const broker = Object.hasOwn(brokers, name) ? brokers[name] : undefined
  if (method !== 'POST' || !broker) return 404
  await broker.kill()
  await delay(awayMs)
  await broker.start()
  return 204
}

/** Joins a page with the relay that it came from, by a slow line. Returns false to refuse it. */
function joinRelay(
  { method, url = '/', headers, rawHeaders }: IncomingMessage,
  socket: Duplex,
  token: string,
): boolean {
  const { origin } = headers
  const wanted = new URL(url, 'http://127.0.0.1')
  const { searchParams: query } = wanted
  if (!isLocalPage(origin) || !isToken(query.get('token'), token) || wanted.pathname !== '/ws') return false
  const bytesPerSecond = Math.max(slowest, Number(query.get('bytes-per-second')) || slowest)
  for (const name of ['token', 'bytes-per-second']) query.delete(name)
  const lines = rawHeaders.map((text, i) => (i % 2 === 0 ? `\r\n${text}: ` : text)).join('')
  const head = `${method} ${wanted.pathname}${wanted.search} HTTP/1.1${lines}\r\n\r\n`
  const { hostname: host, port } = new URL(origin)
  openSlowLine(socket, { host, port: Number(port) || 80, head, bytesPerSecond })
  return true
}
