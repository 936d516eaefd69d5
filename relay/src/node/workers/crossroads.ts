import { type IncomingMessage, type RequestListener, type ServerResponse, request as send } from 'node:http'
import { connect, type Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { realClock } from '../../core/clock.js'
import type { Handshake } from '../../gateways/gateway.js'
import { originForm } from '../origin-form.js'
import { doorPath, isRelayId } from './door-path.js'

export interface CrossroadsOptions {
  /** Where the workers' private doors are. */
  readonly folder: string
  /** The id of this worker's relay. */
  readonly relay: string
  /** Which of the endpoints this is: each leads to its own counterpart. */
  readonly endpoint: number
}

const sessionKey = /^Session ([^_]+)_/i

/** How long an end may take to read what the other one has said last. */
const lastWordsMs = 2000

/**
 * Brings to another worker what belongs to a session there, by whichever worker's port it came.
 * What asks for a relay that is not there stays where it is.
 */
export interface Crossroads {
  /** Takes a handshake elsewhere, or calls `stay`. */
  handshake(handshake: Handshake, stay: () => void): void
  /** Answers requests that stay by a listener. */
  requests(stay: RequestListener): RequestListener
}

export function crossroads({ folder, relay, endpoint }: CrossroadsOptions): Crossroads {
  /** The private door of another worker; undefined where it does not open. */
  async function reach(other: string): Promise<Socket | undefined> {
    // A client may have made it up.
    if (!isRelayId(other)) return undefined
    const socket = connect(doorPath({ folder, relay: other, endpoint }))
    return new Promise((resolve) => {
      socket.once('connect', () => resolve(socket))
      socket.on('error', () => resolve(undefined)) // later ones end it, which is heard at the other end
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

/** The relay that a URL asks for. Only the doors that hold sessions look at it. */
function relayOfUrl(url: string): string | undefined {
  const [path = '', query] = originForm(url).split('?', 2)
  if (query === undefined || !/^\/(?:ws|stream)\/?$/.test(path)) return undefined
  return new URLSearchParams(query).get('relay') ?? undefined
}

/** What is sent for a session names its key, which begins with its relay. */
function relayOfRequest({ url = '', headers }: IncomingMessage): string | undefined {
  const [, named] = (originForm(url).startsWith('/stream') && sessionKey.exec(headers.authorization ?? '')) || []
  return named ?? relayOfUrl(url)
}

/** Says the handshake again at the other door, and leaves both ends to each other. */
function join({ request, socket, head }: Handshake, door: Duplex): void {
  if (socket.destroyed) {
    door.destroy() // its client has left meanwhile
    return
  }
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  door.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1') // as Node has read them
  door.write(head)
  socket.pipe(door).pipe(socket)
  socket.once('close', () => letGo(door))
  door.once('close', () => letGo(socket))
}

/** What was said last goes out, if its reader takes it. */
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
  // The worker has ended over it: its client hears what a lost connection means.
  asked.on('error', () => response.destroy())
  response.once('close', () => asked.destroy())
  pipeline(request, asked, () => {})
}
