import type { Contract, ContractEntry } from '@wildcast/contract'
import { covers } from '@wildcast/protocol'
import type { BrokerSettings } from '../brokers/settings.js'
import type { HistoryRule } from '../core/history-rules.js'
import type { Config } from './config/config.js'
import { homesOf } from './config/homes.js'
import { defined } from './config/schema/defined.js'
import { longestAgeMs, usualMessages } from './config/schema/history.js'
import { durationMs } from './config/schema/values.js'

/** The kinds of brokers, by name; the first is the default. */
export type BrokerKinds = ReadonlyMap<string, Pick<BrokerSettings, 'type'>>

/** Returns a sentence for everything in a contract that the brokers of a configuration can't do. */
export function faultsOfContract({ entries }: Contract, brokers: BrokerKinds): readonly string[] {
  return entries.flatMap((entry) => faultOfEntry(entry, brokers) ?? [])
}

function faultOfEntry(entry: ContractEntry, brokers: BrokerKinds): string | undefined {
  const { key, broker, history } = entry
  const refuse = (fault: string): string => `the contract's entry "${key}" ${fault}`
  if (broker !== undefined && !brokers.has(broker))
    return refuse(`names the broker "${broker}"; there are: ${[...brokers.keys()].join(', ')}`)
  if (!history) return undefined
  const [name, settings] = brokerOf(entry, brokers)
  if (settings?.type === 'mqtt')
    return refuse(`has a history, but broker "${name}" is an MQTT server, which keeps no messages; leave it out`)
  const isTooOld = history.age !== undefined && durationMs(history.age) > longestAgeMs
  return isTooOld ? refuse(`has a history of more than ${longestAgeMs / 86_400_000}d; name a shorter age`) : undefined
}

/**
 * Returns the brokers with a rule for each entry that has a history. The rules of the configuration
 * come first: an entry whose subjects they cover adds none. An entry holds for the brokers of that
 * name in all namespaces.
 */
export function brokersWithContract(
  { entries }: Contract,
  config: Pick<Config, 'brokers' | 'namespaces'>,
): Config['brokers'] {
  const all = new Map(config.brokers)
  for (const home of homesOf(config))
    for (const entry of entries) {
      const [, name = ''] = brokerOf(entry, home.brokers)
      const settings = all.get(name)
      if (settings && settings.type !== 'mqtt' && entry.history) all.set(name, withRule(settings, entry))
    }
  return all
}

function withRule<Settings extends Exclude<BrokerSettings, { readonly type: 'mqtt' }>>(
  settings: Settings,
  { pattern, history: { messages = usualMessages, age } = {} }: ContractEntry,
): Settings {
  const { history: rules = [] } = settings
  if (rules.some(({ subjects }) => covers(subjects, pattern))) return settings
  const ageMs = age === undefined ? undefined : durationMs(age)
  const rule: HistoryRule = { subjects: pattern, messages, ...defined({ ageMs }) }
  return { ...settings, history: [...rules, rule] }
}

/** The broker of an entry, or the default one. */
function brokerOf<Settings>(
  { broker }: ContractEntry,
  brokers: ReadonlyMap<string, Settings>,
): readonly [string, Settings | undefined] {
  const [first = ''] = brokers.keys()
  const name = broker ?? first
  return [name, brokers.get(name)]
}
