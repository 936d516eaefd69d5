import type { ContractKind, EntryDefinition, EntryMap } from '../definition.js'
import type { FormFault } from './form-fault.js'

/**
 * The type of a parameter that takes the entries of a contract: it refuses a faulty one with a
 * sentence in its place.
 */
export type CheckedEntries<Entries extends EntryMap> = {
  readonly [Key in keyof Entries]: [EntryFault<Key, Entries[Key]>] extends [never]
    ? unknown
    : EntryFault<Key, Entries[Key]>
}

/** An empty key is the prefix. */
type EntryFault<Key, Definition extends EntryDefinition> = Key extends string
  ? [FormFault<Key>] extends [never]
    ? FieldFault<Key, Definition>
    : Key extends ''
      ? FieldFault<Key, Definition>
      : FormFault<Key>
  : never

type FieldFault<Key extends string, Definition extends EntryDefinition> = [UnknownField<Definition>] extends [never]
  ? KindFault<Key, keyof Definition & ContractKind>
  : `the entry '${Key}' has the unknown field '${UnknownField<Definition>}'; write a kind of data, or an option`

type UnknownField<Definition> = Exclude<keyof Definition, keyof EntryDefinition> & string

type KindFault<Key extends string, Kind extends ContractKind> = [Kind] extends [never]
  ? `the entry '${Key}' declares no data; give it a schema, such as { message: … }`
  : 'request' extends Kind
    ? 'reply' extends Kind
      ? never
      : `the entry '${Key}' has a request, but no reply; add one`
    : 'reply' extends Kind
      ? `the entry '${Key}' has a reply, but no request; add one`
      : never
