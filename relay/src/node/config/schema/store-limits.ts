import { type Optional, optional } from './table.js'
import { wholeNumber } from './values.js'

/** More than one process can index. */
const mostValues = 1_000_000_000

/** The keys for the limits of a store. */
export const storeLimitEntries: { readonly values: Optional<number>; readonly bytes: Optional<number> } = {
  values: optional(wholeNumber(1, mostValues)),
  bytes: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER, 'bytes')),
}
