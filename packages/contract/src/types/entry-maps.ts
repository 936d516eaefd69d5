import type { Contract } from '../contract.js'
import type { EntryMap } from '../definition.js'
import type { EntriesOf } from './entries.js'

/** The entries of a contract with its prefix before the keys. */
export type Prefixed<Entries extends EntryMap, Prefix extends string> = '' extends Prefix
  ? Entries
  : { readonly [Key in PrefixedKey<keyof Entries, Prefix>]: Entries[KeyAfter<Key, Prefix> & keyof Entries] }

type PrefixedKey<Key, Prefix extends string> = Key extends '' ? Prefix : Key extends string ? `${Prefix}.${Key}` : never

type KeyAfter<Key extends string, Prefix extends string> = Key extends `${Prefix}.${infer Own}` ? Own : ''

/** The entries of several contracts. */
export type MergedEntries<
  Contracts extends readonly Contract[],
  Found extends EntryMap = Record<never, never>,
> = Contracts extends readonly [infer First extends Contract, ...infer Others extends readonly Contract[]]
  ? MergedEntries<Others, Flat<Found & EntriesOf<First>>>
  : Found

type Flat<Entries extends EntryMap> = { readonly [Key in keyof Entries]: Entries[Key] }
