import { type IncomingMessage, type RequestListener, type ServerResponse, request as send } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { realClock } from '../../core/clock.js'
import { peerOfConnection, stateConnection } from '../../gateways/endpoints/peer.js'
import { relayOfTicket } from '../../gateways/endpoints/ticket-name.js'
import type { Handshake } from '../../gateways/gateway.js'
import { originForm } from '../origin-form.js'
import { isRelayId, workerSocketPath } from './worker-socket.js'

export interface WorkerRouterOptions {
  /** The folder of the workers' private sockets. */
  readonly folder: string
  /** The id of this worker's relay. */
  readonly relay: string
  /** The index of this endpoint: connections stay on the same one. */
  readonly endpoint: number
}

/** States to another worker the client of a connection. */
const statementHeader = 'wildcast-connection'

const sessionKey = /^Session ([^_]+)_/i

/** How long one side may take to read the last data of the other. */
const lastDataMs = 2000

/**
 * Forwards what belongs to a session at another worker, whichever worker accepted it. A request for
 * a relay that does not exist stays.
 */
export interface WorkerRouter {
  /** A connection is a client's own. Others are of workers, which state their clients. */
  admit(socket: Duplex): void
  /** Forwards a handshake, or calls `stay`. */
  handshake(handshake: Handshake, stay: () => void): void
  /** Forwards requests, or answers them with `stay`. */
  requests(stay: RequestListener): RequestListener
}

export function workerRouter({ folder, relay, endpoint }: WorkerRouterOptions): WorkerRouter {
  /** Connects to the private socket of another worker. Resolves with undefined if that fails. */
  async function connectTo(other: string): Promise<Socket | undefined> {
    // A client may have invented the id.
    if (!isRelayId(other)) return undefined
    const socket = connect(workerSocketPath({ folder, relay: other, endpoint }))
    return new Promise((resolve) => {
      socket.once('connect', () => resolve(socket))
      socket.on('error', () => resolve(undefined)) // later errors end it, which the other end notices
    })
  }

  const own = new WeakSet<Duplex>()

  /** Reads and removes what another worker states. A client may not state it. */
  function readStatement(request: IncomingMessage): void {
    const { headers, rawHeaders, socket } = request
    const stated = headers[statementHeader]
    if (stated === undefined) return
    delete headers[statementHeader]
    for (let i = rawHeaders.length - 2; i >= 0; i -= 2)
      if (rawHeaders[i]?.toLowerCase() === statementHeader) rawHeaders.splice(i, 2)
    if (!own.has(socket)) stateConnection(request, JSON.parse(Buffer.from(String(stated), 'base64url').toString()))
  }

  return {
    admit: (socket) => void own.add(socket),
    handshake(handshake, stay) {
      readStatement(handshake.request)
      const sent = relayOfUrl(handshake.request.url ?? '')
      if (sent === undefined || sent === relay) stay()
      else void connectTo(sent).then((other) => (other ? join(handshake, other) : stay()))
    },
    requests: (stay) => (request, response) => {
      readStatement(request)
      const sent = relayOfRequest(request)
      if (sent === undefined || sent === relay) stay(request, response)
      else void connectTo(sent).then((other) => (other ? forward(request, response, other) : stay(request, response)))
    },
  }
}

/**
 * The relay that a URL names: the one that has made its ticket, or for the endpoints with sessions
 * the one that has the session.
 */
function relayOfUrl(url: string): string | undefined {
  const [path = '', query] = originForm(url).split('?', 2)
  if (query === undefined) return undefined
  const params = new URLSearchParams(query)
  const issuer = relayOfTicket(params.get('ticket') ?? '')
  if (issuer !== undefined) return issuer
  return /^\/(?:ws|stream)\/?$/.test(path) ? (params.get('relay') ?? undefined) : undefined
}

/** A request of a session contains its key, which begins with its relay. */
function relayOfRequest({ url = '', headers }: IncomingMessage): string | undefined {
  const [, named] = (originForm(url).startsWith('/stream') && sessionKey.exec(headers.authorization ?? '')) || []
  return named ?? relayOfUrl(url)
}

/** Repeats the handshake at the other worker, and joins the two sockets. */
function join({ request, socket, head }: Handshake, other: Duplex): void {
  if (socket.destroyed) {
    other.destroy() // its client has left meanwhile
    return
  }
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  lines.push(`${statementHeader}: ${statementOf(request)}`)
  other.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1') // as Node decodes headers
  other.write(head)
  socket.pipe(other).pipe(socket)
  socket.once('close', () => endSocket(other))
  other.once('close', () => endSocket(socket))
}

function statementOf(request: IncomingMessage): string {
  const { address, secure, certificate } = peerOfConnection(request)
  return Buffer.from(JSON.stringify({ address, secure, certificate })).toString('base64url')
}

/** Ends a socket. Its last data is sent if the reader takes it. */
function endSocket(end: Duplex): void {
  end.end()
  end.once(
    'close',
    realClock.after(lastDataMs, () => end.destroy()),
  )
}

function forward(request: IncomingMessage, response: ServerResponse, other: Socket): void {
  const { method, url: path, rawHeaders } = request
  const headers = [...rawHeaders, statementHeader, statementOf(request)]
  const sent = send({ createConnection: () => other, method, path, headers })
  sent.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    response.flushHeaders()
    pipeline(answer, response, () => {}) // a failure ends both, as below
  })
  // The worker has ended meanwhile: the client sees a lost connection.
  sent.on('error', () => response.destroy())
  response.once('close', () => sent.destroy())
  pipeline(request, sent, () => {}) // reported by the events above
}
