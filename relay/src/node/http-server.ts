import { createServer, type Server } from 'node:http'
import type { ListenOptions, Socket } from 'node:net'
import { WildcastError } from '@wildcast/protocol'
import type { Hono } from 'hono'
import { realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'
import type { TimeSlice } from '../core/time-slice.js'
import type { Ports } from '../gateways/gateway.js'
import { descriptors } from './descriptors.js'
import { handshakes } from './handshakes.js'
import { idleConnections } from './idle-connections.js'
import { inTurn } from './in-turn.js'
import { lateContinue } from './late-continue.js'
import { lingeringClose } from './lingering-close.js'
import { requestListener } from './request-listener.js'
import type { Crossroads } from './workers/crossroads.js'

export interface HttpServer {
  readonly ports: Omit<Ports, 'closing' | 'stayFor'>
  /** Takes a connection that came by another way. */
  take(socket: Socket): void
  /**
   * Starts to listen. Resolves with the port, which matters when 0 was asked for; for a path there
   * is none.
   */
  listen(where: ListenOptions): Promise<number | undefined>
  /**
   * Stops to listen, and closes what is idle. Resolves when the last connection has closed.
   * @param drained - until then, connections that are under way are left alone
   */
  close(drained: Promise<unknown>): Promise<void>
}

export interface HttpServerOptions {
  /** The time that the input of clients may take. */
  readonly slice: TimeSlice
  /** Takes why a connection could not be accepted. */
  readonly onError: OnFailure
  /** How long a connection stays open between two requests, in milliseconds. @default 75000 */
  readonly keepAliveMs?: number | undefined
  /** Where there are other workers, to which a request may belong. */
  readonly crossroads?: Crossroads | undefined
}

/**
 * Longer than load balancers keep an unused connection (60 s usually): if the relay closed first, a
 * request could be on its way already, and the balancer would answer 502.
 */
const usualKeepAliveMs = 75_000

/**
 * Where slow senders of headers and bodies are cut off. Node's own limits are six to ten times as
 * patient.
 */
const patience = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 }

/** How long a connection that is under way may hold up the end. */
export const closeGraceMs = 3000

/**
 * An HTTP server of the relay's own: plain requests go to the routes, handshakes to whoever takes
 * their path, and at crossroads to the worker that they ask for.
 */
export function httpServer(
  routes: Hono,
  { slice, onError, keepAliveMs = usualKeepAliveMs, crossroads }: HttpServerOptions,
): HttpServer {
  const answer = requestListener(routes)
  const server: Server = createServer(
    { ...patience, keepAliveTimeout: keepAliveMs },
    inTurn(crossroads?.requests(answer) ?? answer, slice),
  )
  // Node's own switch, which has no type: a client that has sent its last request still reads the
  // answers.
  Object.assign(server, { httpAllowHalfOpen: true })
  lingeringClose(server)
  lateContinue(server)
  server.on('connection', descriptors({ clock: realClock, onError }))
  const idle = idleConnections(server)
  const taken = new Set<Socket>() // which the server itself does not wait for
  const { onUpgrade, destroy } = handshakes(server, { pathOf: (path) => path, slice, crossroads })
  return {
    ports: { routes, onUpgrade },
    take(socket) {
      taken.add(socket)
      socket.once('close', () => taken.delete(socket))
      socket.allowHalfOpen = true // as of those that the server accepts itself
      server.emit('connection', socket)
    },
    listen: (where) => listening(server, where, onError),
    async close(drained) {
      const closed = Promise.all([ended(server), ...[...taken].map(ended)])
      server.close()
      idle.close()
      await drained
      await within(closed, () => {
        server.closeAllConnections()
        destroy()
      })
    },
  }
}

/** Resolves with the port. What fails later is reported. */
function listening(server: Server, where: ListenOptions, onError: OnFailure): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      server.on('error', (cause) => onError(WildcastError.from(cause), { stage: 'accept' }))
      const address = server.address()
      resolve(typeof address === 'object' ? address?.port : undefined)
    })
  })
}

/** Resolves when everything has closed. After the grace, `force` closes what is left. */
async function within(closed: Promise<unknown>, force: () => void): Promise<void> {
  const stopClock = realClock.after(closeGraceMs, force)
  await closed
  stopClock()
}

/** Resolves when a server or a socket has closed. */
function ended(one: Server | Socket): Promise<void> {
  return new Promise((resolve) => one.once('close', () => resolve()))
}
