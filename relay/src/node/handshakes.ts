import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TimeSlice } from '../core/time-slice.js'
import { type Handshake, refuseHandshake } from '../gateways/gateway.js'
import { ambiguityOf, type Refusal } from './ambiguity.js'
import { isAnswering } from './in-turn.js'
import { originForm } from './origin-form.js'
import type { WorkerRouter } from './workers/worker-router.js'

export interface HandshakesOptions {
  /** Returns the relay's path of a URL, or undefined if the URL belongs to another listener. */
  pathOf(url: string): string | undefined
  /** Limits the time that the input of clients takes. */
  readonly slice: TimeSlice
  /** Whether the server takes handshakes. @default while it listens */
  readonly isOpen?: () => boolean
  /** Set if there are other workers, to which a handshake may belong. */
  readonly router?: WorkerRouter | undefined
}

/** The part of an HTTP, HTTPS or HTTP/2 server that handshakes need. */
export type UpgradingServer = Pick<EventEmitter, 'on' | 'off' | 'listenerCount'> & { readonly listening: boolean }

/** The size that a handshake has in the time slice. */
const handshakeBytes = 64 * 1024

/** The WebSocket handshakes of an HTTP server, and the sockets that they upgraded. */
export interface Handshakes {
  /** Adds a handler. Handlers are called in turn, until one returns true. */
  onUpgrade(take: (handshake: Handshake) => boolean): void
  /** Destroys the sockets that are still open. */
  destroy(): void
  /** Ignores further handshakes. */
  stop(): void
  /** Resolves when no socket is open. */
  ended(): Promise<unknown>
}

export function handshakes(
  server: UpgradingServer,
  { pathOf, slice, isOpen = () => server.listening, router: crossroads }: HandshakesOptions,
): Handshakes {
  const takers: ((handshake: Handshake) => boolean)[] = []
  const upgraded = new Set<Duplex>() // Node's server forgets a socket that asked for an upgrade

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = pathOf(originForm(request.url ?? '/').replace(/\?.*$/s, ''))
    // Another listener's, unless there is no other one: then the client would wait forever.
    if (path === undefined && server.listenerCount('upgrade') > 1) return
    upgraded.add(socket)
    socket.on('close', () => upgraded.delete(socket))
    // The client may have left before its handshake is answered.
    socket.on('error', () => socket.destroy())
    inTurn({ request, socket, head, path: path ?? '' })
  }

  /** Spreads handshakes over several turns: a thousand clients may come at once. */
  function inTurn(handshake: Handshake): void {
    if (handshake.socket.destroyed) return
    if (slice.admits(handshakeBytes)) answer(handshake)
    else slice.later(() => inTurn(handshake))
  }

  function answer(handshake: Handshake): void {
    const { request, socket } = handshake
    const refusal = refusalOf(request)
    // The pending HTTP answer would follow this one, or mix with the frames.
    if (isAnswering(socket)) socket.destroy()
    else if (!isOpen()) refuseHandshake(socket, 503, 'the relay goes away; reconnect')
    else if (refusal) refuseHandshake(socket, refusal.status, refusal.why, refusal.headers)
    else if (crossroads) crossroads.handshake(handshake, () => offer(handshake))
    else offer(handshake)
  }

  function offer(handshake: Handshake): void {
    if (!takers.some((take) => take(handshake)))
      refuseHandshake(handshake.socket, 404, 'no WebSocket is served on this path; try /ws')
  }

  server.on('upgrade', upgrade)
  return {
    onUpgrade: (take) => takers.push(take),
    destroy() {
      for (const socket of upgraded) socket.destroy()
    },
    stop: () => void server.off('upgrade', upgrade),
    ended: () => Promise.all([...upgraded].map((socket) => new Promise((resolve) => socket.once('close', resolve)))),
  }
}

/**
 * Checks what every handshake needs (RFC 6455, 4.2.1). Older versions send the origin of a page in
 * another header, and would bypass the check of the origin.
 */
function refusalOf(request: IncomingMessage): Refusal | undefined {
  const { method, headers } = request
  if (headers.upgrade?.toLowerCase() !== 'websocket')
    return { status: 400, why: 'this server upgrades to "websocket" only; leave the Upgrade header out' }
  if (method !== 'GET') return { status: 400, why: `a WebSocket begins with GET, not with ${method}` }
  if (headers['sec-websocket-version'] !== '13')
    return {
      status: 426,
      why: 'this server speaks version 13 only',
      headers: ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
    }
  return ambiguityOf(request)
}
