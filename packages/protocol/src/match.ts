import { capture, runsOf } from './capture.js'
import { isReserved, type Pattern, type Subject } from './subject.js'

/** Whether a subject belongs to a pattern. No leading wildcard reaches a reserved subject. */
export function matches(pattern: Pattern, subject: Subject): boolean {
  return !(pattern[0] === '*' && isReserved(subject)) && capture(pattern, subject) !== undefined
}

/** Whether at least one subject belongs to both patterns. Symmetric. */
export function intersects(a: Pattern, b: Pattern): boolean {
  const [one, other] = [runsOf(a), runsOf(b)]
  const leads = a[0] === '*' || b[0] === '*'
  /** Whether a subject that begins like this may belong to both. A `*` may become any segment. */
  const isFree = (start: readonly string[]): boolean => !(leads && isReserved(start.slice(0, 2).join('.')))
  if (one.length === 1) return meetsRun(one[0] as Run, other, isFree)
  if (other.length === 1) return meetsRun(other[0] as Run, one, isFree)
  // Each has a `**`, which has room for all that the other one asks for between its ends.
  const start = overlay(one[0] as Run, other[0] as Run)
  const end = overlay([...(one.at(-1) as Run)].reverse(), [...(other.at(-1) as Run)].reverse())
  return start !== undefined && end !== undefined && isFree(start)
}

/** Segments without `**`, some of which may be `*`. */
type Run = readonly string[]

/** Whether a pattern without `**` has a subject in common with one of these runs. */
function meetsRun(segments: Run, runs: readonly Run[], isFree: (start: Run) => boolean): boolean {
  const [first = [], ...others] = runs
  const last = others.pop()
  const end = segments.length - (last?.length ?? 0)
  if (last ? first.length > end : first.length !== end) return false
  const start = overlay(segments, first)
  const whole = start && last ? overlay(start, last, end) : start
  if (!whole || !isFree(whole)) return false
  const [middle] = others
  if (!middle) return true
  for (let at = first.length; at + middle.length <= end; at++) {
    const placed = overlay(whole, middle, at)
    if (placed && isFree(placed)) return true
  }
  return false
}

/** What is in both, if the other run stands at a place of the one. Undefined if they differ. */
function overlay(one: Run, other: Run, at: number = 0): Run | undefined {
  if (!agree(one, other, at)) return undefined
  const both = [...one]
  for (const [i, segment] of other.entries()) if ((both[at + i] ?? '*') === '*') both[at + i] = segment
  return both
}

function agree(one: Run, other: Run, at: number): boolean {
  for (let i = 0; i < other.length && at + i < one.length; i++) {
    const known = one[at + i]
    const segment = other[i]
    if (known !== segment && known !== '*' && segment !== '*') return false
  }
  return true
}
