import type { Socket } from 'node:net'
import { type Part, part } from '../core/part.js'
import { createRelay, type Relay, type RelayOptions } from '../core/relay.js'
import type { Gateway } from '../gateways/gateway.js'
import { type InProcess, inProcess } from './connect.js'
import type { FrontSettings } from './front/front.js'
import { type HttpServer, httpServer } from './http-server.js'
import { newId } from './new-id.js'
import { openRoutes } from './open-routes.js'
import { workerRouter } from './workers/worker-router.js'
import { workerSocketPath } from './workers/worker-socket.js'

/** A port and the gateways that it serves. */
export interface Endpoint extends FrontSettings {
  /** The gateways, in the order in which they see a request. */
  readonly gateways: readonly Gateway[]
  /** 0 picks a free port. */
  readonly port: number
  /** @default every address of the machine */
  readonly host?: string | undefined
  /** The only broker that this port gives access to. @default all of them */
  readonly broker?: string | undefined
  /**
   * How long an HTTP connection stays open between two requests, in milliseconds.
   * @default 75000
   */
  readonly keepAliveMs?: number | undefined
}

/** The options of `serveAll`: those of a relay, and its ports. */
export interface ServeAllOptions extends Omit<RelayOptions, 'newId'> {
  /** The ports, each with its gateways. */
  readonly endpoints: readonly Endpoint[]
  /** Set if this process is one of several that share their ports. @default it listens by itself */
  readonly workers?: Workers | undefined
}

/** How a worker shares its ports with the other workers. */
export interface Workers {
  /** The private folder of their Unix sockets. */
  readonly folder: string
  /** Calls `take` with each client that is accepted for an endpoint. */
  onConnection(take: (endpoint: number, socket: Socket) => void): void
}

/** A running relay with its ports. */
export interface ServingAll extends Pick<InProcess, 'connect'> {
  readonly relay: Relay
  /** The ports that it listens on, in the order of the endpoints. */
  readonly ports: readonly number[]
  /** Asks clients to reconnect later, closes what is open, then the brokers. */
  close(): Promise<void>
}

/** The options of `serveRelay`: those of a relay, and of its port. */
export interface RelayServerOptions extends Omit<RelayOptions, 'newId'>, Omit<Endpoint, 'broker'> {}

/** A running relay with its port. */
export interface RelayServer extends Omit<ServingAll, 'ports'> {
  /** The port that it listens on. */
  readonly port: number
}

/** Opens a relay with its gateways on one port. */
export async function serveRelay({
  gateways,
  port,
  host,
  keepAliveMs,
  tls,
  proxyProtocol,
  trustedProxies,
  ...options
}: RelayServerOptions): Promise<RelayServer> {
  const endpoint = { gateways, port, host, keepAliveMs, tls, proxyProtocol, trustedProxies }
  const { ports, ...serving } = await serveAll({ ...options, endpoints: [endpoint] })
  return { ...serving, port: ports[0] ?? port }
}

/** Opens one relay with gateways on several ports. */
export async function serveAll({ endpoints, workers, ...options }: ServeAllOptions): Promise<ServingAll> {
  // Components may need a broker that no port gives access to.
  const reached = new Set(endpoints.map(({ broker }) => broker))
  const others = (): readonly Part[] =>
    reached.has(undefined)
      ? []
      : relay
          .health()
          .flatMap(({ name, cause, status }): readonly Part[] =>
            reached.has(name) ? [] : [part(`broker "${name}"`, status === 'up' ? undefined : (cause ?? 'it is down'))],
          )
  const parts = async (): Promise<readonly Part[]> => [...others(), ...((await options.parts?.()) ?? [])]
  const relay = await createRelay({ ...options, parts, newId })
  const closing = new AbortController()
  const local = inProcess(relay)
  const servers: HttpServer[] = []
  const stays: Promise<void>[] = []
  const stayFor = (work: Promise<void>): void => void stays.push(work)

  async function listen(endpoint: Endpoint, index: number): Promise<number> {
    const { gateways, port, host, broker, keepAliveMs, tls, proxyProtocol, trustedProxies } = endpoint
    const view = broker === undefined ? relay : relay.only(broker)
    const worker = workers && { folder: workers.folder, relay: relay.id, endpoint: index }
    const server = httpServer(openRoutes(view), {
      slice: relay.slice,
      onError: options.onError,
      keepAliveMs,
      tls,
      proxyProtocol,
      trustedProxies,
      router: worker && workerRouter(worker),
    })
    servers.push(server)
    for (const gateway of gateways) gateway({ ...server.ports, closing: closing.signal, stayFor }, view)
    return (await server.listen(worker ? { path: workerSocketPath(worker) } : { port, host })) ?? port
  }

  async function close(): Promise<void> {
    closing.abort()
    const drained = Promise.all([...stays, local.close()])
    await Promise.all([drained, ...servers.map((server) => server.close(drained))])
    await relay.close()
  }

  try {
    const ports: number[] = []
    for (const [i, endpoint] of endpoints.entries()) ports.push(await listen(endpoint, i))
    workers?.onConnection((endpoint, socket) => servers[endpoint]?.take(socket))
    return { relay, ports, connect: local.connect, close }
  } catch (cause) {
    await close()
    throw cause
  }
}
