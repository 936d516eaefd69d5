import { runsOf } from './capture.js'
import { Positions } from './positions.js'
import { isReserved, type Pattern } from './subject.js'

/** Segments without `**`, some of which may be `*`. */
type Run = readonly string[]

/** Whether at least one subject belongs to both patterns. Symmetric. */
export function intersects(a: Pattern, b: Pattern): boolean {
  return intersecting(a)(b)
}

/** The same for one pattern and many others. */
export function intersecting(pattern: Pattern): (other: Pattern) => boolean {
  const one = new Shape(pattern)
  return (other) => meet(one, new Shape(other))
}

class Shape {
  /** The segments before, between and after its `**`. */
  readonly runs: readonly Run[]
  /** Whether it begins with a wildcard, which reaches no reserved subject. */
  readonly leads: boolean
  #positions: Positions | undefined

  constructor(pattern: Pattern) {
    this.runs = runsOf(pattern)
    this.leads = pattern[0] === '*'
  }

  get start(): Run {
    return this.runs[0] as Run
  }

  get end(): Run {
    return this.runs.at(-1) as Run
  }

  /** Of a pattern without `**`. */
  get positions(): Positions {
    this.#positions ??= new Positions(this.start)
    return this.#positions
  }
}

function meet(one: Shape, other: Shape): boolean {
  const leads = one.leads || other.leads
  /** Whether a subject that begins like this may belong to both. A `*` may become any segment. */
  const isFree = (start: Run): boolean => !(leads && isReserved(start.slice(0, 2).join('.')))
  if (one.runs.length === 1) return meetsRun(one, other.runs, isFree)
  if (other.runs.length === 1) return meetsRun(other, one.runs, isFree)
  // Each has a `**`, which has room for all that the other one asks for between its ends.
  const start = overlay(one.start, other.start)
  return start !== undefined && isFree(start) && overlay(reversed(one.end), reversed(other.end)) !== undefined
}

/** Whether a pattern without `**` has a subject in common with one of these runs. */
function meetsRun(one: Shape, runs: readonly Run[], isFree: (start: Run) => boolean): boolean {
  const [first = [], ...others] = runs
  const last = others.pop()
  const segments = one.start
  const end = segments.length - (last?.length ?? 0)
  if (last ? first.length > end : first.length !== end) return false
  const start = overlay(segments, first)
  const whole = start && last ? overlay(start, last, end) : start
  if (!whole || !isFree(whole)) return false
  const [middle] = others
  return !middle || fitsBetween(middle, { one, whole, from: first.length, to: end, isFree })
}

interface Between {
  readonly one: Shape
  /** Its segments, and those of the other at both ends. */
  readonly whole: Run
  readonly from: number
  readonly to: number
  readonly isFree: (start: Run) => boolean
}

function fitsBetween(run: Run, { one, whole, from, to, isFree }: Between): boolean {
  // Whether a subject is reserved is decided by its first two segments.
  for (let at = from; at < 2 && at + run.length <= to; at++) {
    const placed = overlay(whole, run, at)
    if (placed && isFree(placed)) return true
  }
  const at = Math.max(from, 2)
  return at + run.length <= to && one.positions.fits(run, at, to)
}

/** What is in both, if the other run stands at a place of the one. Undefined if they differ. */
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
