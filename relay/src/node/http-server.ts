import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import type { Hono } from 'hono'
import { realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'
import type { TimeSlice } from '../core/time-slice.js'
import type { Ports } from '../gateways/gateway.js'
import { descriptors } from './descriptors.js'
import { type Front, type FrontSettings, openFront } from './front/front.js'
import { handshakes } from './handshakes.js'
import { idleConnections } from './idle-connections.js'
import { inTurn } from './in-turn.js'
import { lateContinue } from './late-continue.js'
import { lingeringClose } from './lingering-close.js'
import { listening, type PortServer, withinGrace } from './port-server.js'
import { requestListener } from './request-listener.js'
import { stopListening } from './stop-listening.js'
import type { WorkerRouter } from './workers/worker-router.js'

export interface HttpServer extends PortServer {
  readonly ports: Omit<Ports, 'closing' | 'stayFor'>
}

export interface HttpServerOptions extends FrontSettings {
  /** Limits the time that the input of clients takes. */
  readonly slice: TimeSlice
  /** Receives the reason if a connection can't be accepted. */
  readonly onError: OnFailure
  /** How long a connection stays open between two requests, in milliseconds. @default 75000 */
  readonly keepAliveMs?: number | undefined
  /** Set if there are other workers, to which a request may belong. */
  readonly router?: WorkerRouter | undefined
}

/**
 * Longer than load balancers keep an unused connection (usually 60 s): if the relay closed first,
 * the balancer could already have sent a request, and would answer 502.
 */
const usualKeepAliveMs = 75_000

/** Cuts off slow senders of headers and bodies. Node's own limits are six to ten times as long. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 }

/**
 * An HTTP server of the relay's own: requests go to the routes, handshakes to the gateway that
 * takes their path, and with several workers to the worker that they name.
 */
export function httpServer(
  routes: Hono,
  { slice, onError, keepAliveMs = usualKeepAliveMs, router: crossroads, ...settings }: HttpServerOptions,
): HttpServer {
  const answer = requestListener(routes)
  const server: Server = createServer(
    { ...timeouts, keepAliveTimeout: keepAliveMs },
    inTurn(crossroads?.requests(answer) ?? answer, slice),
  )
  // Node's own option, which has no type: a client that has ended its side still reads the answers.
  Object.assign(server, { httpAllowHalfOpen: true })
  lingeringClose(server)
  lateContinue(server)
  const admits = descriptors({ clock: realClock, onError })
  server.on('connection', admits)
  const idle = idleConnections(server)
  const taken = new Set<Socket>() // the server itself does not wait for these
  let closing = false
  const isOpen = (): boolean => !closing
  const { onUpgrade, destroy } = handshakes(server, { pathOf: (path) => path, slice, router: crossroads, isOpen })

  /** Serves a connection that the server has not accepted itself. */
  function serve(socket: Socket): void {
    taken.add(socket)
    socket.once('close', () => taken.delete(socket))
    socket.allowHalfOpen = true // as for sockets that the server accepts itself
    crossroads?.admit(socket)
    server.emit('connection', socket)
  }
  const front = openFront({ ...settings, clock: realClock, onError, ready: serve })
  const accepts = front && acceptFor(front, admits)
  return {
    ports: { routes, onUpgrade },
    take: (socket) => (front ? front.take(socket) : serve(socket)),
    // Other workers of this command connect without TLS, over a path that no other user can reach.
    listen: (where) => listening(accepts && where.path === undefined ? accepts : server, where, onError),
    async close(drained) {
      closing = true
      const listener = accepts?.listening ? accepts : undefined
      const listeners = listener ? [listener, server] : [server]
      const stopped = Promise.all(listeners.map(ended))
      idle.close()
      await Promise.all(listeners.map(stopListening))
      await Promise.all([drained, front?.close()])
      await withinGrace(Promise.all([stopped, ...[...taken].map(ended)]), () => {
        server.closeAllConnections()
        destroy()
      })
    },
  }
}

/** Accepts connections for what precedes HTTP. */
function acceptFor(front: Front, admits: (socket: Socket) => boolean): TcpServer {
  return createTcpServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    if (admits(socket)) front.take(socket)
  })
}

/** Resolves when a server or a socket has closed. */
function ended(one: TcpServer | Socket): Promise<void> {
  return new Promise((resolve) => one.once('close', () => resolve()))
}
