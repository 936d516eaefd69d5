import type { Socket } from 'node:net'
import { type Part, part } from '../core/part.js'
import { createRelay, type Relay, type RelayOptions } from '../core/relay.js'
import type { Gateway } from '../gateways/gateway.js'
import { type HttpServer, httpServer } from './http-server.js'
import { newId } from './new-id.js'
import { openRoutes } from './open-routes.js'
import { crossroads } from './workers/crossroads.js'
import { doorPath } from './workers/door-path.js'

/** A port with its doors. */
export interface Endpoint {
  /** The doors, in the order in which they look at a request. */
  readonly gateways: readonly Gateway[]
  /** 0 takes any free one. */
  readonly port: number
  /** @default every address of the machine */
  readonly host?: string | undefined
  /** The one broker that the doors lead to. @default all of them */
  readonly broker?: string | undefined
  /**
   * How long an HTTP connection stays open between two requests, in milliseconds. @default 75000
   */
  readonly keepAliveMs?: number | undefined
}

export interface ServeAllOptions extends Omit<RelayOptions, 'newId'> {
  readonly endpoints: readonly Endpoint[]
  /**
   * Where it is one of several workers, which share their ports. @default it is the only one, and
   * listens itself
   */
  readonly workers?: Workers | undefined
}

/** What a relay has of the other workers. */
export interface Workers {
  /** A private folder in which they find one another. */
  readonly folder: string
  /** Takes the clients that come to an endpoint. */
  onConnection(take: (endpoint: number, socket: Socket) => void): void
}

export interface ServingAll {
  readonly relay: Relay
  /** The ports that are listened on, in the order of the endpoints. */
  readonly ports: readonly number[]
  /** Tells clients to come back later, closes what is open, then the brokers. */
  close(): Promise<void>
}

export interface RelayServerOptions extends Omit<RelayOptions, 'newId'>, Omit<Endpoint, 'broker'> {}

export interface RelayServer extends Omit<ServingAll, 'ports'> {
  /** The port that is listened on. */
  readonly port: number
}

/** Opens a relay with its doors on one port. */
export async function serveRelay({
  gateways,
  port,
  host,
  keepAliveMs,
  ...options
}: RelayServerOptions): Promise<RelayServer> {
  const { relay, ports, close } = await serveAll({ ...options, endpoints: [{ gateways, port, host, keepAliveMs }] })
  return { relay, port: ports[0] ?? port, close }
}

/** Opens one relay with doors on several ports. */
export async function serveAll({ endpoints, workers, ...options }: ServeAllOptions): Promise<ServingAll> {
  // A broker that no port leads to may be one that components need.
  const led = new Set(endpoints.map(({ broker }) => broker))
  const others = (): readonly Part[] =>
    led.has(undefined)
      ? []
      : relay
          .health()
          .flatMap(({ name, cause, status }): readonly Part[] =>
            led.has(name) ? [] : [part(`broker "${name}"`, status === 'up' ? undefined : (cause ?? 'it is down'))],
          )
  const parts = async (): Promise<readonly Part[]> => [...others(), ...((await options.parts?.()) ?? [])]
  const relay = await createRelay({ ...options, parts, newId })
  const closing = new AbortController()
  const servers: HttpServer[] = []
  const stays: Promise<void>[] = []
  const stayFor = (work: Promise<void>): void => void stays.push(work)

  async function listen({ gateways, port, host, broker, keepAliveMs }: Endpoint, endpoint: number): Promise<number> {
    const view = broker === undefined ? relay : relay.only(broker)
    const place = workers && { folder: workers.folder, relay: relay.id, endpoint }
    const server = httpServer(openRoutes(view), {
      slice: relay.slice,
      onError: options.onError,
      keepAliveMs,
      crossroads: place && crossroads(place),
    })
    servers.push(server)
    for (const gateway of gateways) gateway({ ...server.ports, closing: closing.signal, stayFor }, view)
    return (await server.listen(place ? { path: doorPath(place) } : { port, host })) ?? port
  }

  async function close(): Promise<void> {
    closing.abort()
    const drained = Promise.all(stays)
    await Promise.all(servers.map((server) => server.close(drained)))
    await relay.close()
  }

  try {
    const ports: number[] = []
    for (const [i, endpoint] of endpoints.entries()) ports.push(await listen(endpoint, i))
    workers?.onConnection((endpoint, socket) => servers[endpoint]?.take(socket))
    return { relay, ports, close }
  } catch (cause) {
    await close()
    throw cause
  }
}
