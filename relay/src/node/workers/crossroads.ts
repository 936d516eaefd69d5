import { type IncomingMessage, type RequestListener, type ServerResponse, request as send } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { realClock } from '../../core/clock.js'
import type { Handshake } from '../../gateways/gateway.js'
import { originForm } from '../origin-form.js'
import { doorPath, isRelayId } from './door-path.js'

export interface CrossroadsOptions {
  /** The folder of the workers' private sockets. */
  readonly folder: string
  /** The id of this worker's relay. */
  readonly relay: string
  /** The index of this endpoint: connections stay on the same one. */
  readonly endpoint: number
}

const sessionKey = /^Session ([^_]+)_/i

/** How long one side may take to read the last data of the other. */
const lastWordsMs = 2000

/**
 * Forwards what belongs to a session at another worker, whichever worker accepted it. A request for
 * a relay that does not exist stays.
 */
export interface Crossroads {
  /** Forwards a handshake, or calls `stay`. */
  handshake(handshake: Handshake, stay: () => void): void
  /** Forwards requests, or answers them with `stay`. */
  requests(stay: RequestListener): RequestListener
}

export function crossroads({ folder, relay, endpoint }: CrossroadsOptions): Crossroads {
  /** Connects to the private socket of another worker. Resolves with undefined if that fails. */
  async function reach(other: string): Promise<Socket | undefined> {
    // A client may have invented the id.
    if (!isRelayId(other)) return undefined
    const socket = connect(doorPath({ folder, relay: other, endpoint }))
    return new Promise((resolve) => {
      socket.once('connect', () => resolve(socket))
      socket.on('error', () => resolve(undefined)) // later errors end it, which the other end notices
    })
  }

  return {
    handshake(handshake, stay) {
      const asked = relayOfUrl(handshake.request.url ?? '')
      if (asked === undefined || asked === relay) stay()
      else void reach(asked).then((door) => (door ? join(handshake, door) : stay()))
    },
    requests: (stay) => (request, response) => {
      const asked = relayOfRequest(request)
      if (asked === undefined || asked === relay) stay(request, response)
      else void reach(asked).then((door) => (door ? forward(request, response, door) : stay(request, response)))
    },
  }
}

/** The relay that a URL names. Only the endpoints with sessions read it. */
function relayOfUrl(url: string): string | undefined {
  const [path = '', query] = originForm(url).split('?', 2)
  if (query === undefined || !/^\/(?:ws|stream)\/?$/.test(path)) return undefined
  return new URLSearchParams(query).get('relay') ?? undefined
}

/** A request of a session contains its key, which begins with its relay. */
function relayOfRequest({ url = '', headers }: IncomingMessage): string | undefined {
  const [, named] = (originForm(url).startsWith('/stream') && sessionKey.exec(headers.authorization ?? '')) || []
  return named ?? relayOfUrl(url)
}

/** Repeats the handshake at the other worker, and joins the two sockets. */
function join({ request, socket, head }: Handshake, door: Duplex): void {
  if (socket.destroyed) {
    door.destroy() // its client has left meanwhile
    return
  }
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  door.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1') // as Node decodes headers
  door.write(head)
  socket.pipe(door).pipe(socket)
  socket.once('close', () => letGo(door))
  door.once('close', () => letGo(socket))
}

/** Ends a socket. Its last data is sent if the reader takes it. */
function letGo(end: Duplex): void {
  end.end()
  end.once(
    'close',
    realClock.after(lastWordsMs, () => end.destroy()),
  )
}

function forward(request: IncomingMessage, response: ServerResponse, door: Socket): void {
  const { method, url: path, rawHeaders: headers } = request
  const asked = send({ createConnection: () => door, method, path, headers })
  asked.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    response.flushHeaders()
    pipeline(answer, response, () => {})
  })
  // The worker has ended meanwhile: the client sees a lost connection.
  asked.on('error', () => response.destroy())
  response.once('close', () => asked.destroy())
  pipeline(request, asked, () => {})
}
