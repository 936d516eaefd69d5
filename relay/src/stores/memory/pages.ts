import { isExact, isReserved, matches, type Pattern, type Subject } from '@wildcast/protocol'
import type { StoredValue, ValuePage, ValuePageRequest } from '../../core/store.js'
import type { SortedSubjects } from './sorted-subjects.js'

/** A value, and its bytes with all that belongs to it. */
export interface Sized {
  readonly value: StoredValue
  readonly bytes: number
}

/**
 * The most subjects that one page compares with its pattern, about 5 ms: a pattern that begins with
 * a wildcard may match few of all.
 */
const mostCompared = 5000

/** Returns a page of the values of a pattern. */
export function pageOfSorted(
  entries: ReadonlyMap<string, Sized>,
  sorted: SortedSubjects,
  pattern: Pattern,
  request: ValuePageRequest,
): ValuePage {
  const values: StoredValue[] = []
  let [bytes, compared] = [0, 0]
  let last: Subject | undefined
  const fits = matcherOf(pattern)
  for (const subject of candidates(entries, sorted, pattern, request.after)) {
    if (values.length >= request.values || bytes >= request.bytes || compared >= mostCompared)
      return { values, next: last }
    last = subject
    compared++
    const entry = fits(subject) ? entries.get(subject) : undefined
    if (!entry) continue
    values.push(entry.value)
    bytes += entry.bytes
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

/** Returns the test of candidates. Those of `**` and `a.**` need no comparison. */
function matcherOf(pattern: Pattern): (subject: Subject) => boolean {
  if (pattern === '**') return (subject) => !isReserved(subject)
  if (pattern.endsWith('.**') && pattern.indexOf('*') === pattern.length - 2) return () => true
  return (subject) => matches(pattern, subject)
}

/** Returns the segments of a pattern before its first wildcard. */
function literalStart(pattern: Pattern): string {
  const wildcard = pattern.indexOf('*')
  return wildcard < 0 ? pattern : pattern.slice(0, Math.max(0, wildcard - 1))
}
