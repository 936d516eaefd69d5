import * as v from 'valibot'
import { meant } from '../nearest.js'
import { isTable, keyIn, notATable, type Reads, type Table } from './table.js'

/**
 * A table whose other keys depend on its `type`.
 * @param what - what it is, in a sentence; `usual` is its type if it states none
 */
export function ofType<Output>(
  kinds: Readonly<Record<string, Reads<Output>>>,
  { what, usual }: { readonly what: string; readonly usual?: string },
): Reads<Output> {
  const unknown = noSuchType(what, Object.keys(kinds))
  return v.lazy((input) => {
    if (!isTable(input)) return notATable
    const { type = usual } = input
    const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined
    return kind ? v.pipe(v.unknown(), v.transform(withoutType), kind) : unknown
  }) as Reads<Output>
}

function withoutType(input: unknown): Table {
  const { type, ...keys } = input as Table
  return keys
}

/** Rejects a table of an unknown type, whose other keys can't be checked. */
function noSuchType(what: string, known: readonly string[]): Reads<unknown> {
  return v.pipe(
    v.unknown(),
    v.rawCheck(({ dataset, addIssue }) =>
      addIssue({
        message: unknownType(what, isTable(dataset.value) ? dataset.value.type : undefined, known),
        path: [keyIn(dataset.value, 'type')],
      }),
    ),
  )
}

function unknownType(what: string, type: unknown, known: readonly string[]): string {
  return `{it} must be a known type of ${what}: ${known.join(', ')}${meant(type, known)}`
}
