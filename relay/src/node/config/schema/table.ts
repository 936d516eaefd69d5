import * as v from 'valibot'
import { nearest } from '../nearest.js'

// In every message `{it}` is the name of the value, which is inserted when its full path is known.

/** Keys and values: a table in TOML, an object in JSON. */
export type Table = Readonly<Record<string, unknown>>

/** Reads an unknown value as an output. */
export type Reads<Output> = v.GenericSchema<unknown, Output>

/** An entry that may be omitted. */
export type Optional<Output> = v.ExactOptionalSchema<Reads<Output>, undefined>

/** The output of a table with these entries. */
export type Read<Entries extends v.ObjectEntries> = v.InferOutput<v.ObjectSchema<Entries, undefined>>

export function optional<Output>(schema: Reads<Output>): Optional<Output> {
  return v.exactOptional(schema)
}

export function isTable(value: unknown): value is Table {
  return Object.prototype.toString.call(value) === '[object Object]'
}

export const notATable: Reads<never> = v.never('{it} must be a table of keys and values')

/**
 * A table with known keys.
 * @param examples values for required keys
 * @param elsewhere keys of other tables that the user may have meant
 * @param refusals what is wrong with keys that only similar tables have
 */
export function table<Entries extends v.ObjectEntries>(
  entries: Entries,
  examples: { readonly [Key in keyof Entries]?: string } = {},
  elsewhere: readonly string[] = [],
  refusals: Readonly<Record<string, string>> = {},
): Reads<Read<Entries>> {
  const missing = ({ expected }: { expected: string | null }): string => {
    const example = examples[JSON.parse(expected ?? '""') as keyof Entries]
    return `{it} is missing; add it${example === undefined ? '' : `, such as ${example}`}`
  }
  const shape = v.pipe(v.looseObject(entries, missing), refuseOthers(Object.keys(entries), elsewhere, refusals))
  return v.lazy((input) => (isTable(input) ? shape : notATable)) as Reads<Read<Entries>>
}

/** A strict object of valibot reports only the first unknown key. */
function refuseOthers<Input extends object>(
  known: readonly string[],
  elsewhere: readonly string[],
  refusals: Readonly<Record<string, string>>,
): v.RawCheckAction<Input> {
  return v.rawCheck(({ dataset, addIssue }) => {
    for (const key of Object.keys(dataset.value as object))
      if (!known.includes(key))
        addIssue({
          message: refusals[key] ?? unknownKey(key, known, elsewhere),
          path: [keyIn(dataset.value, key)],
        })
  })
}

function unknownKey(key: string, known: readonly string[], elsewhere: readonly string[]): string {
  const close = nearest(key, [...known, ...elsewhere])
  if (close !== undefined) return `unknown key {it}; did you mean "${close}"?`
  return `unknown key {it}; ${known.length === 0 ? 'remove it' : `allowed: ${known.join(', ')}`}`
}

/** The path from a table to one of its keys. */
export function keyIn(table: unknown, key: string): v.ObjectPathItem {
  const input = table as Record<string, unknown>
  return { type: 'object', origin: 'key', input, key, value: input[key] }
}
