import * as v from 'valibot'
import type { BrokerSettings } from '../../../brokers/settings.js'
import type { NamespaceOptions } from '../../../core/namespaces/namespace.js'
import type { Config } from '../config.js'
import { homesOf } from '../homes.js'
import { meant } from '../nearest.js'
import { brokerName } from './bridge.js'
import type { Context } from './context.js'
import { named } from './named.js'
import { serversOverlap } from './same-server.js'
import { isTable, type Reads, table } from './table.js'

/** The tables `[namespaces.NAME]`: which brokers the clients of each see, by which names. */
export function namespaces({ brokers }: Context): Reads<Readonly<Record<string, NamespaceOptions>>> {
  const home = table({ brokers: named('broker', brokerName(brokers)) }, { brokers: '{ main = "shop_main" }' })
  return named('namespace', home)
}

/** The names that namespaces of a source give to brokers, valid or not. */
export function namesInNamespaces(all: unknown): readonly string[] {
  if (!isTable(all)) return []
  return Object.values(all).flatMap((one) => (isTable(one) && isTable(one.brokers) ? Object.keys(one.brokers) : []))
}

type Faults = Readonly<{ message: string; path: readonly (string | number)[] }>[]

/**
 * Checks that no broker and no subject belongs to two namespaces, that each namespace that is named
 * exists, and that no port is without a broker.
 */
export function namespacesApart(): v.RawCheckAction<Config> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const faults = [...sharedBrokers(dataset.value), ...unknownNamespaces(dataset.value)]
    // A broker of two namespaces is on one server with itself.
    const all = faults.length > 0 ? faults : [...sharedServers(dataset.value), ...portsWithoutBroker(dataset.value)]
    for (const { message, path } of all) addIssue({ message, path: itemsOf(path) })
  })
}

/** Notes on what a configuration with namespaces may lack. */
export function namespaceNotes({ namespaces = {}, gateways, auth, admin }: Omit<Config, 'notes'>): readonly string[] {
  const names = Object.keys(namespaces)
  if (names.length === 0) return []
  const reached = new Set(gateways.map(({ namespace }) => namespace))
  const unreached = auth ? [] : names.filter((name) => !reached.has(name))
  return [
    ...unreached.map((name) => `no client can enter namespace "${name}"; add [auth], or a [[gateway]] that names it`),
    ...(admin ? [] : ['with namespaces only the port of "admin" has /metrics, which names all brokers; add "admin"']),
  ]
}

function sharedBrokers({ namespaces = {}, brokers }: Config): Faults {
  const owners = new Map<string, string>()
  return Object.entries(namespaces).flatMap(([namespace, home]) =>
    Object.entries(home.brokers).flatMap(([name, broker]) => {
      const owner = owners.get(broker)
      owners.set(broker, namespace)
      if (owner === undefined) return []
      const remedy = takesPrefix(brokers.get(broker)) ? 'a broker with another "prefix"' : 'a broker of its own'
      const message = `{it} is "${broker}", which namespace "${owner}" already has; name ${remedy}`
      return [{ message, path: ['namespaces', namespace, 'brokers', name] }]
    }),
  )
}

function takesPrefix(settings: BrokerSettings | undefined): boolean {
  return settings !== undefined && settings.type !== 'memory'
}

/** Two brokers of one server must not see the subjects of each other. */
function sharedServers(config: Config): Faults {
  const placed = homesOf(config).flatMap(({ namespace, brokers }) =>
    [...brokers.values()].map((broker) => ({ namespace, broker })),
  )
  return placed.flatMap(({ namespace, broker }, i) => {
    const settings = config.brokers.get(broker)
    const other = placed.slice(0, i).find((one) => {
      const others = config.brokers.get(one.broker)
      return one.namespace !== namespace && settings && others && serversOverlap(settings, others)
    })
    if (!settings || !other) return []
    const prefix = 'prefix' in settings ? settings.prefix : undefined
    const whose = other.namespace === undefined ? 'of no namespace' : `of namespace "${other.namespace}"`
    const remedy = remedyFor(settings, namespace ?? broker)
    const why = `{it} has subjects of broker "${other.broker}" ${whose}, which is on the same server; ${remedy}`
    return [{ message: why, path: ['brokers', broker, ...(prefix === undefined ? [] : ['prefix'])] }]
  })
}

function remedyFor({ type }: BrokerSettings, name: string): string {
  const example = type === 'redis' ? `${name}:` : name
  return `give both a "prefix", neither of which begins with the other, such as "${example}"`
}

function unknownNamespaces({ namespaces = {}, gateways, auth }: Config): Faults {
  const known = Object.keys(namespaces)
  const check = (name: string | undefined, path: readonly (string | number)[]): Faults => {
    if (name === undefined || known.includes(name)) return []
    const choice = known.length === 0 ? `add [namespaces.${name}]` : `there are: ${known.join(', ')}`
    return [{ message: `{it} names no namespace; ${choice}${meant(name, known)}`, path }]
  }
  const accounts = (['users', 'keys'] as const).flatMap((kind) =>
    Object.entries(auth?.[kind] ?? {}).flatMap(([name, { namespace }]) =>
      check(namespace, ['auth', kind, name, 'namespace']),
    ),
  )
  const ports = gateways.flatMap(({ namespace }, i) => check(namespace, [...gatewayPath(i), 'namespace']))
  return [...accounts, ...ports]
}

/** The first gateway has the keys at the top of the file. */
function gatewayPath(index: number): readonly (string | number)[] {
  return index === 0 ? [] : ['gateway', index - 1]
}

function portsWithoutBroker(config: Config): Faults {
  if (!config.namespaces) return []
  const homes = homesOf(config)
  return config.gateways.flatMap(({ namespace, broker }, i) => {
    const seen = homes.find((home) => home.namespace === namespace)?.brokers ?? new Map<string, string>()
    if (broker !== undefined && !seen.has(broker)) {
      const there = seen.size === 0 ? '' : `; there are: ${[...seen.keys()].join(', ')}`
      const where = namespace === undefined ? 'of clients without a namespace' : `of namespace "${namespace}"`
      return [{ message: `{it} is no broker ${where}${there}`, path: [...gatewayPath(i), 'broker'] }]
    }
    if (seen.size > 0 || config.auth) return []
    const message =
      '{it} has every broker, and the main port serves none; ' +
      'add [auth], whose tokens name a namespace, or another broker'
    return [{ message, path: ['namespaces'] }]
  })
}

function itemsOf(path: readonly (string | number)[]): [v.IssuePathItem, ...v.IssuePathItem[]] {
  const [first = '', ...rest] = path.map(
    (key): v.IssuePathItem => ({ type: 'unknown', origin: 'value', input: {}, key, value: undefined }),
  )
  return [first as v.IssuePathItem, ...rest]
}
