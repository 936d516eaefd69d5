import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Params } from '@wildcast/protocol/subjects'
import type { Contract } from '../contract.js'
import type { ContractKind, EntryMap } from '../definition.js'
import type { EntriesOf, MatchingKeys } from './entries.js'
import type { NamesIn } from './segments.js'

/**
 * The data that is received on a subject, or on the subjects that a pattern can match: the outputs
 * of the schemas, as a union. `Kind` may be a union: a subscription receives messages and values.
 * @example type Data = DataOf<typeof api, 'message' | 'value', 'room.*.msg'>
 */
export type DataOf<Api extends Contract, Kind extends ContractKind, Text extends string> =
  // Only a type that is inferred here is shown without the names of these types.
  { [One in Kind]: OutputsAt<EntriesOf<Api>, One, MatchingKeys<EntriesOf<Api>, One, Text>> }[Kind] extends infer Data
    ? Data
    : never

type OutputsAt<Entries extends EntryMap, Kind extends ContractKind, Key> = {
  [One in Key & keyof Entries]: StandardSchemaV1.InferOutput<SchemaAt<Entries, Kind, One>>
}[Key & keyof Entries] extends infer Data
  ? Data
  : never

/** The schema of an entry for a kind that it has. */
type SchemaAt<Entries extends EntryMap, Kind extends ContractKind, Key extends keyof Entries> = NonNullable<
  Entries[Key][Kind]
>

/**
 * The data that may be sent on a subject: the input of its schema. If the subject is one of
 * several, the data must fit all.
 */
export type InputOf<Api extends Contract, Kind extends ContractKind, Text extends string> =
  Sinks<EntriesOf<Api>, Kind, MatchingKeys<EntriesOf<Api>, Kind, Text>> extends (data: infer Input) => void
    ? Input
    : never

type Sinks<Entries extends EntryMap, Kind extends ContractKind, Key> = {
  [One in Key & keyof Entries]: (data: StandardSchemaV1.InferInput<SchemaAt<Entries, Kind, One>>) => void
}[Key & keyof Entries]

/**
 * The texts that the wildcards of a pattern match: by name if it has params (`{ room: string }`),
 * otherwise in order, as `Params` has them.
 */
export type ParamsOf<Pattern extends string> = Pattern extends `${string}{${string}}${string}`
  ? { readonly [Name in NamesIn<Pattern>]: string }
  : Params<Pattern>
