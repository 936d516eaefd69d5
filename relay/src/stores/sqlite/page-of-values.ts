import { isExact, matches, type Pattern, payloadSize, type Subject } from '@wildcast/protocol'
import type { StoredValue, ValuePage, ValuePageRequest } from '../../core/store.js'
import { plainValueOf } from './row.js'
import { rangeOf } from './subject-range.js'
import type { ValueTable } from './value-table.js'

/** How many subjects are compared with a pattern before other work gets its turn. */
const slice = 1000

/** Reads a page, and yields after each slice of the subjects that it examines. */
export function* pageOfValues(
  table: ValueTable,
  pattern: Pattern,
  { after = '' as Subject, values: most, bytes: mostBytes }: ValuePageRequest,
): Generator<undefined, ValuePage, undefined> {
  const values: StoredValue[] = []
  let bytes = 0
  for (const subjects of slices(table, pattern, after)) {
    for (const subject of subjects) {
      const last = values.at(-1)
      if (last && (values.length >= most || bytes >= mostBytes)) return { values, next: last.subject }
      const value = table.get(subject)
      if (!value) continue // it was deleted between two slices
      values.push(plainValueOf(value))
      bytes += payloadSize(value.payload)
    }
    yield
  }
  return { values }
}

/** The matching subjects after one, in slices of those that are examined. */
function* slices(table: ValueTable, pattern: Pattern, after: string): Iterable<readonly Subject[]> {
  const { prefix, first, end } = rangeOf(pattern)
  // `good.**` matches `good`, too.
  if (prefix !== '' && isBefore(after, prefix) && matches(pattern, prefix as Subject)) yield [prefix as Subject]
  if (isExact(pattern)) return
  for (let from = isBefore(after, first) ? first : after; ; ) {
    const found = table.subjects(from, end, slice)
    yield found.filter((subject) => matches(pattern, subject))
    const last = found.at(-1)
    if (last === undefined || found.length < slice) return
    from = last
  }
}

/** Whether a text comes first in the order of the table. */
function isBefore(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0
}
