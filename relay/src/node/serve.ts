import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import { type Part, part } from '../core/part.js'
import { createRelay, type Relay, type RelayOptions, type RelayView } from '../core/relay.js'
import type { Gateway } from '../gateways/gateway.js'
import { type InProcess, inProcess } from './connect.js'
import type { FrontSettings } from './front/front.js'
import { guest, type HostServer } from './guest.js'
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

/** The options of `serveAll`: those of a relay, and its ports. */
export interface ServeAllOptions extends Omit<RelayOptions, 'newId'> {
  /** The ports, each with its gateways. */
  readonly endpoints: readonly Endpoint[]
  /** The servers of the application that it serves, too. @default none */
  readonly guests?: readonly Guest[] | undefined
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

/** Opens one relay with gateways on several ports. */
export async function serveAll({ endpoints, guests = [], workers, ...options }: ServeAllOptions): Promise<ServingAll> {
  const withoutNamespace = [...endpoints, ...guests].filter(({ namespace }) => namespace === undefined)
  const reached = new Set(withoutNamespace.map(({ broker }) => broker))
  const parts = async (): Promise<readonly Part[]> => [
    ...unreached(relay, reached),
    ...namespacesOf(relay),
    ...((await options.parts?.()) ?? []),
  ]
  const relay = await createRelay({ ...options, parts, newId })
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // each gateway of each port has one
  const local = inProcess(relay)
  const servers: HttpServer[] = []
  const stays: Promise<void>[] = []
  const stayFor = (work: Promise<void>): void => void stays.push(work)

  function open(server: HttpServer, gateways: readonly Gateway[], view: RelayView): void {
    servers.push(server)
    for (const gateway of gateways) gateway({ ...server.ports, closing: closing.signal, stayFor }, view)
  }

  async function listen(endpoint: Endpoint, index: number): Promise<number> {
    const { gateways, port, host, keepAliveMs, tls, proxyProtocol, trustedProxies } = endpoint
    const view = viewOf(relay, endpoint)
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
    open(server, gateways, view)
    return (await server.listen(worker ? { path: workerSocketPath(worker) } : { port, host })) ?? port
  }

  async function close(): Promise<void> {
    closing.abort()
    const drained = Promise.all([...stays, local.close()])
    await Promise.all([drained, ...servers.map((server) => server.close(drained))])
    await relay.close()
  }

  try {
    const listening: number[] = []
    for (const [i, endpoint] of endpoints.entries()) listening.push(await listen(endpoint, i))
    for (const one of guests) {
      const view = viewOf(relay, one)
      open(guest(openRoutes(view), one.on, relay.slice), one.gateways, view)
    }
    workers?.onConnection((endpoint, socket) => servers[endpoint]?.take(socket))
    return { relay, ports: listening, connect: local.connect, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

/** Returns the relay as the clients of a port see it. */
function viewOf(relay: Relay, { broker, namespace }: Pick<Endpoint, 'broker' | 'namespace'>): RelayView {
  const view = namespace === undefined ? relay : relay.within(namespace)
  return broker === undefined ? view : view.only(broker)
}

/** The brokers of all namespaces, without their names: the clients of one may not see others. */
function namespacesOf(relay: Relay): readonly Part[] {
  const brokers = relay.healthOfNamespaces()
  if (brokers.length === 0) return []
  const down = brokers.filter(({ status }) => status === 'down').length
  return [part('the namespaces', down === 0 ? undefined : `${down} of their ${brokers.length} brokers are down`)]
}

/** The brokers that no gateway gives access to: components may need them. */
function unreached(relay: Relay, reached: ReadonlySet<string | undefined>): readonly Part[] {
  if (reached.has(undefined)) return []
  return relay
    .health()
    .flatMap(({ name, cause, status }): readonly Part[] =>
      reached.has(name) ? [] : [part(`broker "${name}"`, status === 'up' ? undefined : (cause ?? 'it is down'))],
    )
}
