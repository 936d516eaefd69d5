import { type Part, part } from '../core/part.js'
import { createRelay, type Relay, type RelayOptions } from '../core/relay.js'
import { type InProcess, inProcess } from './connect.js'
import { newId } from './new-id.js'
import { type Endpoint, type Guest, relayPorts, type Workers } from './relay-ports.js'

export type { Endpoint, Guest, Workers }

/** The options of `serveAll`: those of a relay, and its ports. */
export interface ServeAllOptions extends Omit<RelayOptions, 'newId'> {
  /** The ports, each with its gateways. */
  readonly endpoints: readonly Endpoint[]
  /** The servers of the application that it serves, too. @default none */
  readonly guests?: readonly Guest[] | undefined
  /** Set if this process is one of several that share their ports. @default it listens by itself */
  readonly workers?: Workers | undefined
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
  const local = inProcess(relay)
  const ports = relayPorts(relay, { workers, onError: options.onError })

  async function close(): Promise<void> {
    await ports.close([local.close()])
    await relay.close()
  }

  try {
    const listening: number[] = []
    for (const endpoint of endpoints) listening.push(await ports.listen(endpoint))
    for (const one of guests) ports.join(one)
    workers?.onConnection(ports.take)
    return { relay, ports: listening, connect: local.connect, close }
  } catch (cause) {
    await close()
    throw cause
  }
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
