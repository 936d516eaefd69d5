import path from 'node:path'
import type { BrokerSettings, StoreSettings } from '../../brokers/settings.js'
import type { Config } from '../config/config.js'

/** A configuration, divided between processes. */
export interface Division {
  /** The Unix sockets of the memory brokers by name, including known ones. All relays use them. */
  readonly sockets: ReadonlyMap<string, string>
  /** The settings of their stores, by name. */
  readonly stores: ReadonlyMap<string, StoreSettings>
  /** The part that every worker opens, for its clients. */
  readonly workers: Config
  /** The part that is opened once: several workers would act on each message several times. */
  readonly inside: Config | undefined
}

/**
 * Divides a configuration, with sockets in a folder.
 * @param known the sockets of the memory brokers that are already open, by name
 */
export function divide(config: Config, folder: string, known: ReadonlyMap<string, string> = new Map()): Division {
  const sockets = new Map(known)
  const stores = new Map<string, StoreSettings>()
  const shared = ([name, settings]: [string, BrokerSettings]): [string, BrokerSettings] => {
    if (settings.type !== 'memory') return [name, settings]
    const socket = sockets.get(name) ?? path.join(folder, `memory.${sockets.size}`)
    sockets.set(name, socket)
    if (settings.store) stores.set(name, settings.store)
    return [name, { type: 'memory', socket }]
  }
  const brokers = new Map([...config.brokers].map(shared))
  // Components need no identities and no ports: a change of [auth] must not end their process.
  const { auth, admin, ...others } = config
  const { gateways, bridges, components } = config
  const acts = bridges.length > 0 || components.length > 0
  return {
    sockets,
    stores,
    workers: { ...config, brokers, gateways, bridges: [], components: [] },
    inside: acts ? { ...others, brokers, gateways: [] } : undefined,
  }
}
