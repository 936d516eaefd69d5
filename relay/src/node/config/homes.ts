import type { BrokerSettings } from '../../brokers/settings.js'
import type { Config } from './config.js'

/** Brokers that the same clients see: those of a namespace, or of clients without one. */
export interface Home {
  /** Absent for clients without a namespace. */
  readonly namespace: string | undefined
  /** The names of the brokers in the configuration, by the names that clients use. */
  readonly brokers: ReadonlyMap<string, string>
}

/** Divides the brokers of a configuration; those of clients without a namespace come first. */
export function homesOf({ brokers, namespaces = {} }: Pick<Config, 'brokers' | 'namespaces'>): readonly Home[] {
  const named = Object.entries(namespaces).map(([namespace, home]) => ({
    namespace,
    brokers: new Map(Object.entries(home.brokers)),
  }))
  const theirs = new Set(named.flatMap((home) => [...home.brokers.values()]))
  const own = [...brokers.keys()].filter((name) => !theirs.has(name))
  return [{ namespace: undefined, brokers: new Map(own.map((name) => [name, name])) }, ...named]
}

/** The settings of all brokers by the names that clients use; the first one of a name counts. */
export function brokersAsSeen(config: Pick<Config, 'brokers' | 'namespaces'>): ReadonlyMap<string, BrokerSettings> {
  const seen = new Map<string, BrokerSettings>()
  for (const { brokers } of homesOf(config))
    for (const [name, broker] of brokers) {
      const settings = config.brokers.get(broker)
      if (settings && !seen.has(name)) seen.set(name, settings)
    }
  return seen
}
