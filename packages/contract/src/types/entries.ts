import type { Contract } from '../contract.js'
import type { ContractKind, EntryMap } from '../definition.js'
import type { KeysFound } from './key-tree.js'
import type { IsPattern, Segments } from './segments.js'

/** The entries of a contract, by key. */
export type EntriesOf<Api extends Contract> = Api extends { readonly '~entries'?: infer Entries extends EntryMap }
  ? Entries
  : never

/** The keys of the entries that have a schema for a kind. */
export type KeysWith<Entries extends EntryMap, Kind extends ContractKind> = {
  [Key in keyof Entries]: Kind extends keyof Entries[Key] ? Key : never
}[keyof Entries] &
  string

/**
 * The keys of the entries that have a kind of data for a text: of those that a pattern can match,
 * or of those that surely match a subject. A text that is a key has this one: others that match the
 * same subjects share its schema.
 */
export type MatchingKeys<Entries extends EntryMap, Kind extends ContractKind, Text extends string> =
  Text extends KeysWith<Entries, Kind>
    ? Text
    : IsPattern<Text> extends true
      ? KeysFound<KeysWith<Entries, Kind>, Segments<Text>, 'overlaps'>
      : KeysFound<KeysWith<Entries, Kind>, Segments<Text>, 'covers'>

/** The same for any of several kinds. */
export type KeysOfAny<
  Entries extends EntryMap,
  Kind extends ContractKind,
  Text extends string,
> = Kind extends ContractKind ? MatchingKeys<Entries, Kind, Text> : never
