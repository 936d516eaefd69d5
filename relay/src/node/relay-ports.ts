import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import type { OnFailure } from '../core/outlet.js'
import type { Relay, RelayView } from '../core/relay.js'
import type { Gateway, SocketGateway } from '../gateways/gateway.js'
import type { FrontSettings } from './front/front.js'
import { guest, type HostServer } from './guest.js'
import { type HttpServer, httpServer } from './http-server.js'
import { openRoutes } from './open-routes.js'
import type { PortServer } from './port-server.js'
import { socketServer } from './socket-server.js'
import { workerRouter } from './workers/worker-router.js'
import { workerSocketPath } from './workers/worker-socket.js'

/** A port and the gateways that it serves. */
export interface Endpoint extends FrontSettings {
  /** The gateways, in the order in which they see a request. */
  readonly gateways: readonly Gateway[]
  /** The gateway of a port without HTTP, in place of `gateways`. @default HTTP */
  readonly sockets?: SocketGateway | undefined
  /** 0 picks a free port. */
  readonly port: number
  /** @default every address of the machine */
  readonly host?: string | undefined
  /** The only broker that this port gives access to. @default all of them */
  readonly broker?: string | undefined
  /** The namespace of its clients. @default the one that their credentials state, or none */
  readonly namespace?: string | undefined
  /**
   * How long an HTTP connection stays open between two requests, in milliseconds.
   * @default 75000
   */
  readonly keepAliveMs?: number | undefined
}

/** The gateways of a relay on a server of the application. */
export interface Guest {
  /** The gateways, in the order in which they see a request. */
  readonly gateways: readonly Gateway[]
  readonly on: HostServer
  /** The only broker that they give access to. @default all of them */
  readonly broker?: string | undefined
  /** See `Endpoint`. */
  readonly namespace?: string | undefined
}

/** How a worker shares its ports with the other workers. */
export interface Workers {
  /** The private folder of their Unix sockets. */
  readonly folder: string
  /** Calls `take` with each client that is accepted for an endpoint. */
  onConnection(take: (endpoint: number, socket: Socket) => void): void
}

/** The ports of a relay. */
export interface RelayPorts {
  /** Opens a port. Resolves with its number. */
  listen(endpoint: Endpoint): Promise<number>
  /** Serves clients on a server of the application. */
  join(guest: Guest): void
  /** Takes a client that another process has accepted for an endpoint, by its position. */
  take(endpoint: number, socket: Socket): void
  /** Asks clients to reconnect later, and closes the ports. Busy clients stay until all is done. */
  close(busy: readonly Promise<void>[]): Promise<void>
}

interface RelayPortsOptions {
  readonly workers: Workers | undefined
  readonly onError: OnFailure
}

/** The ports of a relay, none of which is open yet. */
export function relayPorts(relay: Relay, { workers, onError }: RelayPortsOptions): RelayPorts {
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // each gateway of each port has one
  const servers: PortServer[] = []
  const stays: Promise<void>[] = []
  const stayFor = (work: Promise<void>): void => void stays.push(work)

  function open(server: HttpServer, gateways: readonly Gateway[], view: RelayView): void {
    servers.push(server)
    for (const gateway of gateways) gateway({ ...server.ports, closing: closing.signal, stayFor }, view)
  }

  /** Opens a port without HTTP. A worker does not listen: the primary passes clients to it. */
  async function listenPlain({ port, host, ...endpoint }: Endpoint, sockets: SocketGateway): Promise<number> {
    const take = sockets({ closing: closing.signal, stayFor }, viewOf(relay, endpoint))
    const server = socketServer({ ...endpoint, onError, take })
    servers.push(server)
    return workers ? port : ((await server.listen({ port, host })) ?? port)
  }

  async function listen(endpoint: Endpoint): Promise<number> {
    if (endpoint.sockets) return listenPlain(endpoint, endpoint.sockets)
    const { gateways, port, host, keepAliveMs, tls, proxyProtocol, trustedProxies } = endpoint
    const view = viewOf(relay, endpoint)
    const worker = workers && { folder: workers.folder, relay: relay.id, endpoint: servers.length }
    const server = httpServer(openRoutes(view), {
      slice: relay.slice,
      onError,
      keepAliveMs,
      tls,
      proxyProtocol,
      trustedProxies,
      router: worker && workerRouter(worker),
    })
    open(server, gateways, view)
    return (await server.listen(worker ? { path: workerSocketPath(worker) } : { port, host })) ?? port
  }

  return {
    listen,
    join(one) {
      const view = viewOf(relay, one)
      open(guest(openRoutes(view), one.on, relay.slice), one.gateways, view)
    },
    take: (endpoint, socket) => servers[endpoint]?.take(socket),
    async close(busy) {
      closing.abort()
      const drained = Promise.all([...stays, ...busy])
      await Promise.all([drained, ...servers.map((server) => server.close(drained))])
    },
  }
}

/** Returns the relay as the clients of a port see it. */
function viewOf(relay: Relay, { broker, namespace }: Pick<Endpoint, 'broker' | 'namespace'>): RelayView {
  const view = namespace === undefined ? relay : relay.within(namespace)
  return broker === undefined ? view : view.only(broker)
}
