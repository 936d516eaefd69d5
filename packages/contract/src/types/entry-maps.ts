import type { Contract } from '../contract.js'
import type { EntryMap } from '../definition.js'
import type { EntriesOf } from './entries.js'

/** The entries of a contract with its prefix before the keys. */
export type Prefixed<Entries extends EntryMap, Prefix extends string> = '' extends Prefix
  ? Entries
  : { readonly [Key in keyof Entries as PrefixedKey<Key, Prefix>]: Entries[Key] }

type PrefixedKey<Key, Prefix extends string> = Key extends '' ? Prefix : Key extends string ? `${Prefix}.${Key}` : never

/** The entries of several contracts. */
export type MergedEntries<
  Contracts extends readonly Contract[],
  Found extends EntryMap = Record<never, never>,
> = Contracts extends readonly [infer First extends Contract, ...infer Others extends readonly Contract[]]
  ? MergedEntries<Others, Flat<Found & EntriesOf<First>>>
  : Found

type Flat<Entries extends EntryMap> = { readonly [Key in keyof Entries]: Entries[Key] }
