import * as v from 'valibot'
import { nearest } from '../nearest.js'

// In every message `{it}` stands for the name of the value, which is put in when the whole path to
// it is known.

/** Keys and values: a table of TOML, an object of JSON. */
export type Table = Readonly<Record<string, unknown>>

/** Reads an unknown value as something. */
export type Reads<Output> = v.GenericSchema<unknown, Output>

/** An entry of a table that may be left out. */
export type Optional<Output> = v.ExactOptionalSchema<Reads<Output>, undefined>

/** What a table of these entries is read as. */
export type Read<Entries extends v.ObjectEntries> = v.InferOutput<v.ObjectSchema<Entries, undefined>>

export function optional<Output>(schema: Reads<Output>): Optional<Output> {
  return v.exactOptional(schema)
}

export function isTable(value: unknown): value is Table {
  return Object.prototype.toString.call(value) === '[object Object]'
}

export const notATable: Reads<never> = v.never('{it} must be a table of keys and values')

/**
 * A table of known keys.
 * @param examples values for keys that must be there
 * @param elsewhere keys of other tables that a misspelt one may stand for
 */
export function table<Entries extends v.ObjectEntries>(
  entries: Entries,
  examples: { readonly [Key in keyof Entries]?: string } = {},
  elsewhere: readonly string[] = [],
): Reads<Read<Entries>> {
  const missing = ({ expected }: { expected: string | null }): string => {
    const example = examples[JSON.parse(expected ?? '""') as keyof Entries]
    return `{it} is missing; add it${example === undefined ? '' : `, such as ${example}`}`
  }
  const shape = v.pipe(v.looseObject(entries, missing), refuseOthers(Object.keys(entries), elsewhere))
  return v.lazy((input) => (isTable(input) ? shape : notATable)) as Reads<Read<Entries>>
}

/** A strict object of valibot would tell of the first unknown key only. */
function refuseOthers<Input extends object>(
  known: readonly string[],
  elsewhere: readonly string[],
): v.RawCheckAction<Input> {
  return v.rawCheck(({ dataset, addIssue }) => {
    for (const key of Object.keys(dataset.value as object))
      if (!known.includes(key))
        addIssue({ message: unknownKey(key, known, elsewhere), path: [keyIn(dataset.value, key)] })
  })
}

function unknownKey(key: string, known: readonly string[], elsewhere: readonly string[]): string {
  const close = nearest(key, [...known, ...elsewhere])
  if (close !== undefined) return `unknown key {it}; did you mean "${close}"?`
  return `unknown key {it}; ${known.length === 0 ? 'remove it' : `allowed: ${known.join(', ')}`}`
}

/** The way from a table to one of its keys. */
export function keyIn(table: unknown, key: string): v.ObjectPathItem {
  const input = table as Record<string, unknown>
  return { type: 'object', origin: 'key', input, key, value: input[key] }
}
