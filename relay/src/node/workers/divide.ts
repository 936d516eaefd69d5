import path from 'node:path'
import type { BrokerSettings } from '../../brokers/settings.js'
import type { Config } from '../config/config.js'

/** A configuration, as its processes share it. */
export interface Division {
  /** The Unix sockets of the memory brokers, which all relays reach by them. */
  readonly sockets: readonly string[]
  /** What every worker opens: its part of the clients. */
  readonly workers: Config
  /** What is opened once, however many workers there are, since it would else act on each message as often. */
  readonly inside: Config | undefined
}

/** Divides a configuration, with sockets in a folder. */
export function divide(config: Config, folder: string): Division {
  const sockets: string[] = []
  const shared = ([name, settings]: [string, BrokerSettings]): [string, BrokerSettings] => {
    if (settings.type !== 'memory') return [name, settings]
    const socket = path.join(folder, `memory.${sockets.length}`)
    sockets.push(socket)
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
