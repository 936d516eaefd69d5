import { runsOf } from './capture.js'
import { Positions } from './positions.js'
import { isReserved, type Pattern } from './subject.js'

/** Segments without `**`, some of which may be `*`. */
type Run = readonly string[]

/** Whether at least one subject matches both patterns. Symmetric. */
export function intersects(a: Pattern, b: Pattern): boolean {
  return intersecting(a)(b)
}

/** Prepares one pattern for `intersects` with many others. */
export function intersecting(pattern: Pattern): (other: Pattern) => boolean {
  const one = new PatternShape(pattern)
  return (other) => shapesIntersect(one, new PatternShape(other))
}

class PatternShape {
  /** The segments before, between and after its `**`. */
  readonly runs: readonly Run[]
  /** Whether it begins with a wildcard, which matches no reserved subject. */
  readonly hasLeadingWildcard: boolean
  #positions: Positions | undefined

  constructor(pattern: Pattern) {
    this.runs = runsOf(pattern)
    this.hasLeadingWildcard = pattern[0] === '*'
  }

  get start(): Run {
    return this.runs[0] as Run
  }

  get end(): Run {
    return this.runs.at(-1) as Run
  }

  /** The positions of its segments, for a pattern without `**`. */
  get positions(): Positions {
    this.#positions ??= new Positions(this.start)
    return this.#positions
  }
}

function shapesIntersect(one: PatternShape, other: PatternShape): boolean {
  const hasLeadingWildcard = one.hasLeadingWildcard || other.hasLeadingWildcard
  /** Whether a subject with this start may match both patterns. A `*` may become any segment. */
  const isAllowed = (start: Run): boolean => !(hasLeadingWildcard && isReserved(start.slice(0, 2).join('.')))
  if (one.runs.length === 1) return intersectsRuns(one, other.runs, isAllowed)
  if (other.runs.length === 1) return intersectsRuns(other, one.runs, isAllowed)
  // Each has a `**`, which matches everything that the other requires between its ends.
  const start = overlay(one.start, other.start)
  return start !== undefined && isAllowed(start) && overlay(reversed(one.end), reversed(other.end)) !== undefined
}

/** Whether a pattern without `**` intersects the pattern with these runs. */
function intersectsRuns(one: PatternShape, runs: readonly Run[], isAllowed: (start: Run) => boolean): boolean {
  const [first = [], ...others] = runs
  const last = others.pop()
  const segments = one.start
  const end = segments.length - (last?.length ?? 0)
  if (last ? first.length > end : first.length !== end) return false
  const start = overlay(segments, first)
  const whole = start && last ? overlay(start, last, end) : start
  if (!whole || !isAllowed(whole)) return false
  const [middle] = others
  return !middle || fitsBetween(middle, { one, whole, from: first.length, to: end, isAllowed })
}

interface Between {
  readonly one: PatternShape
  /** Its segments, overlaid with the first and last runs of the other pattern. */
  readonly whole: Run
  readonly from: number
  readonly to: number
  readonly isAllowed: (start: Run) => boolean
}

function fitsBetween(run: Run, { one, whole, from, to, isAllowed }: Between): boolean {
  // The first two segments decide whether a subject is reserved.
  for (let at = from; at < 2 && at + run.length <= to; at++) {
    const placed = overlay(whole, run, at)
    if (placed && isAllowed(placed)) return true
  }
  const at = Math.max(from, 2)
  return at + run.length <= to && one.positions.fits(run, at, to)
}

/**
 * Merges a run into another from an index on: a segment replaces a `*`. Returns undefined if two
 * segments differ.
 */
function overlay(one: Run, other: Run, at: number = 0): Run | undefined {
  const both = [...one]
  for (const [i, segment] of other.entries()) {
    const known = both[at + i] ?? '*'
    if (known === '*') both[at + i] = segment
    else if (segment !== known && segment !== '*') return undefined
  }
  return both
}

function reversed(run: Run): Run {
  return [...run].reverse()
}
