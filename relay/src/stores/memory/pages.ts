import { isExact, matches, type Pattern, type Subject } from '@wildcast/protocol'
import type { StoredValue, ValuePage, ValuePageRequest } from '../../core/store.js'
import type { SortedSubjects } from './sorted-subjects.js'

/** A value, and the bytes of its payload. */
export interface Sized {
  readonly value: StoredValue
  readonly payloadBytes: number
}

/**
 * The most subjects that one page compares with its pattern, about 2 ms: a pattern that begins with
 * a wildcard may match few of all.
 */
const mostCompared = 10_000

/** Returns a page of the values of a pattern. */
export function pageOf(
  entries: ReadonlyMap<string, Sized>,
  sorted: SortedSubjects,
  pattern: Pattern,
  request: ValuePageRequest,
): ValuePage {
  const values: StoredValue[] = []
  let [bytes, compared] = [0, 0]
  let last: Subject | undefined
  for (const subject of candidates(entries, sorted, pattern, request.after)) {
    if (values.length >= request.values || bytes >= request.bytes || compared >= mostCompared)
      return { values, next: last }
    last = subject
    compared++
    const entry = matches(pattern, subject) ? entries.get(subject) : undefined
    if (!entry) continue
    values.push(entry.value)
    bytes += entry.payloadBytes
  }
  return { values }
}

/** The subjects after `after` that a pattern may match, in order. */
function* candidates(
  entries: ReadonlyMap<string, Sized>,
  sorted: SortedSubjects,
  pattern: Pattern,
  after: string | undefined,
): Iterable<Subject> {
  const prefix = literalStart(pattern)
  const next = after === undefined ? '' : `${after}\0` // the least text after it
  if (prefix === '') return yield* sorted.from(next)
  if (next <= prefix && entries.has(prefix)) yield prefix as Subject
  if (isExact(pattern)) return
  let least = `${prefix}.`
  const end = `${prefix}/` // "/" is the character after ".", and in no subject
  if (next > least) least = next
  for (const subject of sorted.from(least)) {
    if (subject >= end) return
    yield subject
  }
}

/** Returns the segments of a pattern before its first wildcard. */
function literalStart(pattern: Pattern): string {
  const wildcard = pattern.indexOf('*')
  return wildcard < 0 ? pattern : pattern.slice(0, Math.max(0, wildcard - 1))
}
