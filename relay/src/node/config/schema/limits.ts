import * as v from 'valibot'
import { limitTable } from '../../../core/limit-table.js'
import { type Limits, limitsOf } from '../../../core/limits.js'
import { optional, type Reads, table } from './table.js'
import { wholeNumber } from './values.js'

/** The table `[limits]`. */
export const limitKeys: Reads<Partial<Limits>> = v.pipe(
  table(Object.fromEntries(limitTable.map(({ key, from, to, unit }) => [key, optional(wholeNumber(from, to, unit))]))),
  v.transform(
    (keys): Partial<Limits> =>
      Object.fromEntries(
        limitTable.flatMap(({ key, field }) => {
          const value = keys[key]
          return value === undefined ? [] : [[field, value]]
        }),
      ),
  ),
  v.check(
    (set) => limitsOf(set).frame > limitsOf(set).payload,
    '{it}: a "frame" holds a "payload"; make "frame" longer, or leave it out',
  ),
)
