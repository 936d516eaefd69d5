import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TimeSlice } from '../core/time-slice.js'
import { type Handshake, refuseHandshake } from '../gateways/gateway.js'
import { ambiguityOf, type Refusal } from './ambiguity.js'
import { isAnswering } from './in-turn.js'
import { originForm } from './origin-form.js'
import type { Crossroads } from './workers/crossroads.js'

export interface HandshakesOptions {
  /** Says under which path the relay knows a URL; undefined where it is somebody else's. */
  pathOf(url: string): string | undefined
  /** The time that the input of clients may take. */
  readonly slice: TimeSlice
  /** Where there are other workers, to which a handshake may belong. */
  readonly crossroads?: Crossroads | undefined
}

/** What a handshake weighs beside the other input of clients. */
const handshakeBytes = 64 * 1024

/** The WebSocket handshakes of an HTTP server, and the sockets that came of them. */
export interface Handshakes {
  /** Asked in turn for each handshake; true where it was theirs. */
  onUpgrade(take: (handshake: Handshake) => boolean): void
  /** Ends what is still open. */
  destroy(): void
  /** Looks at no more handshakes. */
  stop(): void
}

export function handshakes(server: Server, { pathOf, slice, crossroads }: HandshakesOptions): Handshakes {
  const takers: ((handshake: Handshake) => boolean)[] = []
  const upgraded = new Set<Duplex>() // Node's server forgets a socket that asked for an upgrade

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = pathOf(originForm(request.url ?? '/').replace(/\?.*$/s, ''))
    // Somebody else's, unless nobody else is there: then it would wait for ever.
    if (path === undefined && server.listenerCount('upgrade') > 1) return
    upgraded.add(socket)
    socket.on('close', () => upgraded.delete(socket))
    // A client that is gone before its handshake is answered: there is nobody left to tell.
    socket.on('error', () => socket.destroy())
    inTurn({ request, socket, head, path: path ?? '' })
  }

  /** A thousand clients may come at once. */
  function inTurn(handshake: Handshake): void {
    if (handshake.socket.destroyed) return
    if (slice.admits(handshakeBytes)) answer(handshake)
    else slice.later(() => inTurn(handshake))
  }

  function answer(handshake: Handshake): void {
    const { request, socket } = handshake
    const refusal = refusalOf(request)
    // The answer that it waits for would come after this one, or stand among the frames.
    if (isAnswering(socket)) socket.destroy()
    else if (!server.listening) refuseHandshake(socket, 503, 'the relay goes away; reconnect')
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
    stop: () => server.off('upgrade', upgrade),
  }
}

/**
 * What every handshake needs, whoever takes it (RFC 6455, 4.2.1). Older versions name the origin of
 * a page otherwise, and would get past those who ask for it.
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
