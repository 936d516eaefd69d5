import { intersecting, isSubject, type Subject, SubjectTree } from '@wildcast/protocol/subjects'
import { buildSubject } from './build-subject.js'
import { checkData } from './check-data.js'
import { compileEntry, demandEntries, prefixed } from './compile-entry.js'
import type { Contract } from './contract.js'
import type { ContractEntry } from './contract-entry.js'
import type { DefinedContract } from './defined-contract.js'
import { type ContractKind, contractKinds, type EntryMap } from './definition.js'
import { openGuard } from './guard/open-guard.js'
import { refuseOverlaps } from './refuse-overlaps.js'
import { parseTemplate } from './template.js'
import type { CheckedEntries } from './types/definition-fault.js'
import type { MergedEntries, Prefixed } from './types/entry-maps.js'

/** Options of `defineContract`. */
export interface ContractOptions<Prefix extends string = string> {
  /**
   * Stands before all keys: with `hello`, the key `a` is the subject `hello.a`, and the empty key
   * is `hello`.
   */
  readonly prefix?: Prefix | undefined
}

/**
 * Defines what the subjects of an application carry.
 * @throws {TypeError} which names the faulty entry and the remedy
 * @example
 * const api = defineContract({ 'room.{room}.msg': { message: type<{ readonly text: string }>() } })
 */
export function defineContract<const Entries extends EntryMap, const Prefix extends string = ''>(
  entries: Entries & CheckedEntries<Entries>,
  { prefix }: ContractOptions<Prefix> = {},
): DefinedContract<Prefixed<Entries, Prefix>> {
  demandEntries(entries)
  return contractOf(Object.entries(entries).map(([key, definition]) => compileEntry(prefixed(key, prefix), definition)))
}

/**
 * Merges contracts into one.
 * @throws {TypeError} if two entries of them can match one subject with different schemas
 */
export function mergeContracts<const Contracts extends readonly Contract[]>(
  ...contracts: Contracts
): DefinedContract<MergedEntries<Contracts>> {
  if (contracts.some((one?: Partial<Contract>) => !one?.entries))
    throw new TypeError('mergeContracts takes what defineContract returns')
  return contractOf([...new Set(contracts.flatMap(({ entries }) => entries))])
}

function contractOf<Entries extends EntryMap>(entries: readonly ContractEntry[]): DefinedContract<Entries> {
  refuseOverlaps(entries)
  const indexes = new Map(entries.map((entry, index) => [entry, index]))
  const trees = new Map<ContractKind, SubjectTree<ContractEntry>>(
    contractKinds.map((kind) => [kind, new SubjectTree()]),
  )
  for (const entry of entries) for (const [kind, tree] of trees) if (entry[kind]) tree.add(entry.pattern, entry)
  const indexOf = (entry: ContractEntry): number => indexes.get(entry) ?? 0
  const find = (kind: ContractKind, subject: string): ContractEntry | undefined => {
    if (!isSubject(subject)) return undefined
    const found = trees.get(kind)?.match(subject as Subject) ?? []
    return found.length > 1 ? found.reduce((a, b) => (indexOf(a) < indexOf(b) ? a : b)) : found[0]
  }
  const entriesFor = (pattern: string): readonly ContractEntry[] => {
    const matches = intersecting(parseTemplate(pattern).pattern)
    return entries.filter((entry) => matches(entry.pattern))
  }
  const contract: DefinedContract<Entries> = {
    entries,
    find,
    entriesFor,
    guard: (settings) => openGuard(contract, settings),
    check: (kind, subject, data) => {
      const entry = find(kind, subject)
      return entry && checkData({ entry, kind, subject, data })
    },
    subject: buildSubject,
  }
  return contract
}
