import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { BrokerSettings } from '../../brokers/settings.js'
import type { Config } from '../config/config.js'
import { defined } from '../config/schema/defined.js'
import type { SharedBroker } from './memory-main.js'

/** A configuration, divided between processes. */
export interface Division {
  /** The memory brokers by name, which all relays use. Known ones stay as they are. */
  readonly memory: ReadonlyMap<string, SharedBroker>
  /** Advice to restart, for each setting of a known memory broker that is different now. */
  readonly restarts: readonly string[]
  /** The part that every worker opens, for its clients. */
  readonly workers: Config
  /** The part that is opened once: several workers would act on each message several times. */
  readonly inside: Config | undefined
}

/**
 * Divides a configuration, with sockets in a folder.
 * @param known the memory brokers that are already open, by name
 */
export function divide(config: Config, folder: string, known: Division['memory'] = new Map()): Division {
  const memory = new Map(known)
  const restarts: string[] = []
  const shared = ([name, settings]: [string, BrokerSettings]): [string, BrokerSettings] => {
    if (settings.type !== 'memory') return [name, settings]
    const { store, history } = settings
    const next = { name, socket: path.join(folder, `memory.${memory.size}`), ...defined({ store, history }) }
    const shared = memory.get(name) ?? next
    memory.set(name, shared)
    for (const key of ['store', 'history'] as const)
      if (!isDeepStrictEqual(shared[key], next[key])) restarts.push(`restart to change the ${key} of broker "${name}"`)
    // Relays must have the rules of the process that keeps the messages.
    return [name, { type: 'memory', socket: shared.socket, ...defined({ history: shared.history }) }]
  }
  const brokers = new Map([...config.brokers].map(shared))
  // Components need no identities and no ports: a change of [auth] must not end their process.
  const { auth, admin, ...others } = config
  const { gateways, bridges, components } = config
  const acts = bridges.length > 0 || components.length > 0
  return {
    memory,
    restarts,
    workers: { ...config, brokers, gateways, bridges: [], components: [] },
    inside: acts ? { ...others, brokers, gateways: [] } : undefined,
  }
}
