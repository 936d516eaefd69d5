import { isDerived, isReserved, type Pattern } from './subject.js'

/**
 * Whether a pattern matches every subject that another one matches: `covers('room.**',
 * 'room.*.msg')`. A leading wildcard covers no reserved subject.
 */
export function covers(wide: Pattern, narrow: Pattern): boolean {
  if (wide === narrow) return true
  if (wide[0] === '*' && isReserved(narrow)) return false
  // `request.*` and `response.*` contain reserved subjects, which no leading wildcard matches.
  if (wide[0] === '*' && mayBeDerived(narrow)) return false
  return new Inclusion(wide.split('.'), segmentsOf(narrow)).holds(0, [0])
}

/**
 * Returns the segments of a pattern. A leading `**` stands for one segment at least if nothing
 * follows, or a reserved name, which no leading wildcard matches.
 */
function segmentsOf(pattern: Pattern): readonly string[] {
  const segments = pattern.split('.')
  const rest = segments.slice(segments.findIndex((segment) => segment !== '**'))
  const leads = segments[0] === '**' && (segments.every((segment) => segment === '**') || isReserved(rest.join('.')))
  return leads ? ['*', ...segments] : segments
}

/** Whether a pattern without a leading wildcard may match what a relay derives for requests. */
export function mayBeDerived(pattern: string): boolean {
  const [first, second] = pattern.split('.', 2)
  if (first !== 'request' && first !== 'response') return false
  return second === '*' || second === '**' || isDerived(pattern)
}

/**
 * The wide pattern as an automaton whose states are positions in it, to which the narrow pattern is
 * fed segment by segment. A wildcard of the narrow one stands for a segment that the wide pattern
 * does not name: if that is matched, every segment is.
 */
class Inclusion {
  readonly #wide: readonly string[]
  readonly #narrow: readonly string[]

  constructor(wide: readonly string[], narrow: readonly string[]) {
    this.#wide = wide
    this.#narrow = narrow
  }

  /** Whether the narrow pattern is matched, from a segment on, from these positions. */
  holds(at: number, positions: readonly number[]): boolean {
    const reached = this.#closure(positions)
    const segment = this.#narrow[at]
    if (segment === undefined) return reached.includes(this.#wide.length)
    if (segment !== '**') return reached.length > 0 && this.holds(at + 1, this.#after(reached, segment))
    // Zero segments, one, two …: the positions repeat after all that advance have reached a `**`.
    let now = reached
    const seen = new Set<string>()
    while (!seen.has(String(now))) {
      seen.add(String(now))
      if (!this.holds(at + 1, now)) return false
      now = this.#closure(this.#after(now, '*'))
    }
    return true
  }

  /** Returns these positions, and those after each `**`, which may match no segment. */
  #closure(positions: readonly number[]): readonly number[] {
    const all = new Set(positions)
    for (const position of all) if (this.#wide[position] === '**') all.add(position + 1)
    return [...all].sort((a, b) => a - b)
  }

  /** Returns the positions after one more segment. */
  #after(positions: readonly number[], segment: string): readonly number[] {
    return positions.flatMap((position) => {
      const own = this.#wide[position]
      if (own === '**') return [position]
      return own === '*' || own === segment ? [position + 1] : []
    })
  }
}
