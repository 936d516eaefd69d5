import { isDeepStrictEqual } from 'node:util'
import type { Relay, RelayOptions } from '../core/relay.js'
import type { Config } from './config/config.js'
import { homesOf } from './config/homes.js'

/** The outcome of a reload for the namespaces. */
export interface ChangedNamespaces {
  /** The configuration that runs now. */
  readonly config: Config
  readonly lines: readonly string[]
}

/** Changes the namespaces of a relay while it runs. */
export interface NamespaceReloads {
  /** @throws {WildcastError} if a broker of a namespace can't be opened: the others are open */
  change(now: Config): Promise<ChangedNamespaces>
}

export interface NamespaceReloadsPorts {
  readonly openBrokers: (config: Config) => RelayOptions['brokers']
  /** These brokers were opened. */
  readonly opened: (brokers: readonly string[]) => void
}

/** @param config - that the relay was opened with */
export function namespaceReloads(
  config: Config,
  relay: Pick<Relay, 'changeNamespaces'>,
  { openBrokers, opened }: NamespaceReloadsPorts,
): NamespaceReloads {
  let running = config
  return {
    async change(now) {
      const { config: next, added, changed, removed } = withNamespacesOf(running, now)
      if (added.length + changed.length + removed.length === 0) return { config: running, lines: [] }
      const anew = [...added, ...changed]
      // If one can't be opened, the next reload tries all of them again.
      running = without(next, anew)
      const { namespaces } = next
      await relay.changeNamespaces({ brokers: openBrokers(next), namespaces }, new Set(anew))
      running = next
      opened(anew.flatMap((name) => Object.values(namespaces?.[name]?.brokers ?? {})))
      return {
        config: next,
        lines: [
          ...added.map((name) => `namespace "${name}" is open`),
          ...changed.map((name) => `namespace "${name}" is opened again`),
          ...removed.map((name) => `namespace "${name}" is closed`),
        ],
      }
    },
  }
}

interface Difference {
  /** The configuration before, with the namespaces that can be changed while it runs. */
  readonly config: Config
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

function withNamespacesOf(before: Config, now: Config): Difference {
  const names = [...new Set([...namesOf(before), ...namesOf(now)])]
  const differ = names.filter((name) => !isDeepStrictEqual(definition(before, name), definition(now, name)))
  const can = differ.filter((name) => canChange(name, before, now))
  const namespaces = { ...before.namespaces }
  for (const name of can) delete namespaces[name]
  for (const name of can) if (now.namespaces?.[name]) namespaces[name] = now.namespaces[name]
  const theirs = can.flatMap((name) => [...brokersOf(before, name), ...brokersOf(now, name)])
  const brokers = new Map([...before.brokers].filter(([name]) => !theirs.includes(name)))
  for (const name of can.flatMap((one) => brokersOf(now, one))) {
    const settings = now.brokers.get(name)
    if (settings) brokers.set(name, settings)
  }
  const { namespaces: _, ...others } = before
  return {
    config: { ...others, brokers, ...(Object.keys(namespaces).length > 0 && { namespaces }) },
    added: can.filter((name) => !namesOf(before).includes(name)),
    changed: can.filter((name) => namesOf(before).includes(name) && namesOf(now).includes(name)),
    removed: can.filter((name) => !namesOf(now).includes(name)),
  }
}

/** Whether nothing that runs needs the brokers of a namespace as they are. */
function canChange(name: string, before: Config, now: Config): boolean {
  const used = [
    ...before.components.map(({ broker }) => broker),
    ...before.bridges.flatMap(({ from, to }) => [from.broker, to.broker]),
  ]
  const isUsed = brokersOf(before, name).some((broker) => used.includes(broker))
  const [own] = homesOf(before)
  const wasOwn = brokersOf(now, name).some((broker) => own?.brokers.has(broker))
  const hasPort = before.gateways.some(({ namespace }) => namespace === name)
  return !isUsed && !wasOwn && (!hasPort || namesOf(now).includes(name))
}

function without(config: Config, names: readonly string[]): Config {
  const left = Object.entries(config.namespaces ?? {}).filter(([name]) => !names.includes(name))
  const theirs = names.flatMap((name) => brokersOf(config, name))
  const brokers = [...config.brokers].filter(([name]) => !theirs.includes(name))
  return { ...config, brokers: new Map(brokers), namespaces: Object.fromEntries(left) }
}

function namesOf({ namespaces = {} }: Config): readonly string[] {
  return Object.keys(namespaces)
}

function brokersOf({ namespaces = {} }: Config, name: string): readonly string[] {
  return Object.values(namespaces[name]?.brokers ?? {})
}

/** A namespace with the settings of its brokers. */
function definition(config: Config, name: string): unknown {
  const home = config.namespaces?.[name]
  return home && Object.entries(home.brokers).map(([seen, broker]) => [seen, broker, config.brokers.get(broker)])
}
