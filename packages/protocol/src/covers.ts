import { isDerived, isReserved, type Pattern } from './subject.js'

/**
 * Whether every subject of a pattern belongs to another one too: `covers('room.**', 'room.*.msg')`.
 * No leading wildcard covers a reserved subject.
 */
export function covers(wide: Pattern, narrow: Pattern): boolean {
  if (wide === narrow) return true
  if (wide[0] === '*' && isReserved(narrow)) return false
  // `request.*` and `response.*` contain reserved subjects, which no leading wildcard matches.
  if (wide[0] === '*' && mayBeDerived(narrow)) return false
  return new Inclusion(wide.split('.'), narrow.split('.')).holds(0, [0])
}

/** Whether a pattern with wildcards has subjects that are derived from a request. */
function mayBeDerived(pattern: string): boolean {
  const [first, second] = pattern.split('.', 2)
  if (first !== 'request' && first !== 'response') return false
  return second === '*' || second === '**' || isDerived(pattern)
}

/**
 * The wide pattern as an automaton whose states are positions in it. The narrow pattern is read
 * segment by segment. A wildcard of it stands for a segment that the wide pattern does not name:
 * if that one is matched, every other is.
 */
class Inclusion {
  readonly #wide: readonly string[]
  readonly #narrow: readonly string[]

  constructor(wide: readonly string[], narrow: readonly string[]) {
    this.#wide = wide
    this.#narrow = narrow
  }

  /** Whether all of the narrow pattern from a segment on is matched from these positions. */
  holds(at: number, positions: readonly number[]): boolean {
    const reached = this.#closure(positions)
    const segment = this.#narrow[at]
    if (segment === undefined) return reached.includes(this.#wide.length)
    if (segment !== '**') return reached.length > 0 && this.holds(at + 1, this.#after(reached, segment))
    // Zero segments, one, two …: the positions repeat once all that moves has reached a `**`.
    let now = reached
    const seen = new Set<string>()
    while (!seen.has(String(now))) {
      seen.add(String(now))
      if (!this.holds(at + 1, now)) return false
      now = this.#closure(this.#after(now, '*'))
    }
    return true
  }

  /** These positions, and those behind each `**`, which may stand for nothing. */
  #closure(positions: readonly number[]): readonly number[] {
    const all = new Set(positions)
    for (const position of all) if (this.#wide[position] === '**') all.add(position + 1)
    return [...all].sort((a, b) => a - b)
  }

  /** The positions behind one more segment. */
  #after(positions: readonly number[], segment: string): readonly number[] {
    return positions.flatMap((position) => {
      const own = this.#wide[position]
      if (own === '**') return [position]
      return own === '*' || own === segment ? [position + 1] : []
    })
  }
}
