import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema of any library that implements Standard Schema: zod 4, valibot, arktype and others. */
export type ContractSchema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>

/** The kinds of data that an entry may declare. */
export const contractKinds = ['message', 'value', 'request', 'reply', 'presence'] as const

/** A kind of data on a subject. */
export type ContractKind = (typeof contractKinds)[number]

/** The schemas of an entry by kind. A request has a reply, and a reply has a request. */
export type EntrySchemas = { readonly [Kind in ContractKind]?: ContractSchema<unknown, unknown> | undefined }

/** How clients use the subjects of an entry. */
export interface EntryOptions {
  /** The broker of the subjects. @default the default broker of the relay */
  readonly broker?: string | undefined
  /** How data becomes bytes. @default a string is text, and all other data JSON */
  readonly codec?: 'json' | 'text' | 'bytes' | undefined
  /** Whether a slow subscriber receives every message, or only the newest of each subject. */
  readonly deliver?: 'all' | 'latest' | undefined
  /** The highest number of messages per second for a subscriber. */
  readonly maxRate?: number | undefined
  /** The messages that the relay keeps: how many, and how long, such as `24h`. */
  readonly history?: EntryHistory | undefined
  /** Whether a subscriber receives the present values first. @default false */
  readonly retained?: boolean | undefined
}

/** How many messages of a subject are kept, and for how long. */
export interface EntryHistory {
  readonly messages?: number | undefined
  /** A number and `s`, `m`, `h` or `d`. */
  readonly age?: `${number}${'s' | 'm' | 'h' | 'd'}` | undefined
}

/** The data of the subjects of one pattern, and how clients use them. */
export interface EntryDefinition extends EntrySchemas, EntryOptions {
  /** An entry is no schema: the text is the error for one in its place. */
  readonly '~standard'?: 'this is a schema; write the kind of data before it, such as { message: Good }'
}

/** The entries of a contract by pattern. A segment `{name}` is a `*` with a name. */
export type EntryMap = Readonly<Record<string, EntryDefinition>>
