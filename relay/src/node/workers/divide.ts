import path from 'node:path'
import type { BrokerSettings } from '../../brokers/settings.js'
import type { Config } from '../config/config.js'

/** A configuration, as its processes share it. */
export interface Division {
  /**
   * The Unix sockets of the memory brokers by name, the known ones too: all relays reach the
   * brokers by them.
   */
  readonly sockets: ReadonlyMap<string, string>
  /** What every worker opens: its part of the clients. */
  readonly workers: Config
  /**
   * What is opened once, however many workers there are, since it would else act on each message as
   * often.
   */
  readonly inside: Config | undefined
}

/**
 * Divides a configuration, with sockets in a folder.
 * @param known the sockets of memory brokers that are open already, by the names of the brokers
 */
export function divide(config: Config, folder: string, known: ReadonlyMap<string, string> = new Map()): Division {
  const sockets = new Map(known)
  const shared = ([name, settings]: [string, BrokerSettings]): [string, BrokerSettings] => {
    if (settings.type !== 'memory') return [name, settings]
    const socket = sockets.get(name) ?? path.join(folder, `memory.${sockets.size}`)
    sockets.set(name, socket)
    return [name, { type: 'memory', socket }]
  }
  const brokers = new Map([...config.brokers].map(shared))
  const { gateways, bridges, components } = config
  const acts = bridges.length > 0 || components.length > 0
  return {
    sockets,
    workers: { ...config, brokers, gateways, bridges: [], components: [] },
    inside: acts ? { ...config, brokers, gateways: [] } : undefined,
  }
}
