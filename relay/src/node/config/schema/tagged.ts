import * as v from 'valibot'
import { meant } from '../nearest.js'
import { isTable, keyIn, type Reads } from './table.js'

/**
 * One of several kinds, as Rust writes it: a table with one key, the kind, such as `{ Token = "…"
 * }`.
 */
export function tagged<Output>(what: string, kinds: Readonly<Record<string, Reads<Output>>>): Reads<Output> {
  const known = Object.keys(kinds)
  const allowed = known.join(', ')
  const unknown = v.rawCheck<unknown>(({ dataset, addIssue }) => {
    for (const key of Object.keys(dataset.value as object))
      if (!Object.hasOwn(kinds, key))
        addIssue({
          message: `unknown ${what} {it}; allowed: ${allowed}${meant(key, known)}`,
          path: [keyIn(dataset.value, key)],
        })
  })
  return v.lazy((input) => {
    if (!isTable(input)) return v.never(`{it} must be a table with one of: ${allowed}`)
    const keys = Object.keys(input)
    const [key = ''] = keys
    const kind = keys.length === 1 && Object.hasOwn(kinds, key) ? kinds[key] : undefined
    if (kind)
      return v.pipe(
        v.looseObject({ [key]: kind }),
        v.transform((found) => found[key] as Output),
      )
    if (keys.every((key) => Object.hasOwn(kinds, key))) return v.never(`{it} must have exactly one of: ${allowed}`)
    return v.pipe(v.unknown(), unknown) as Reads<Output>
  }) as Reads<Output>
}
