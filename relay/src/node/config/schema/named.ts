import * as v from 'valibot'
import { isTable, notATable, type Reads } from './table.js'

/** A table of at least one item, under names that the user chooses. */
export function named<Output>(what: string, item: Reads<Output>): Reads<Readonly<Record<string, Output>>> {
  const name = v.pipe(
    v.string(),
    v.regex(/^[A-Za-z][\w-]{0,63}$/, `{it}: the name of a ${what} is a letter, then letters, digits, "-" or "_"`),
  )
  const shape = v.pipe(
    v.record(name, item),
    v.check((all) => Object.keys(all).length > 0, `{it} must hold a ${what}; add one`),
  )
  return v.lazy((input) => (isTable(input) ? shape : notATable)) as Reads<Readonly<Record<string, Output>>>
}
