import type { Clock } from '../../core/clock.js'
import { noPosition } from '../../core/position.js'
import { mostOfTerm, revisionOf, termAfter } from '../../core/revision.js'

/**
 * The numbers of a store in memory, in a term of its own. It remembers no earlier process, so the
 * milliseconds come before the random part of a term: numbers also rise when its process has
 * crashed and begins again within a second.
 */
export class Revisions {
  readonly #clock: Pick<Clock, 'wall' | 'random'>
  /** Usually one. All but the last are full. */
  readonly #terms: string[] = []
  #count = 0
  #newest: string

  constructor(clock: Pick<Clock, 'wall' | 'random'>) {
    this.#clock = clock
    this.#newest = revisionOf(this.#begin(), 0)
  }

  /** The last number. */
  get newest(): string {
    return this.#newest
  }

  next(): string {
    if (this.#count === mostOfTerm) this.#begin()
    this.#newest = revisionOf(this.#terms.at(-1) as string, ++this.#count)
    return this.#newest
  }

  /** Whether a number is one of this store. */
  isKnown(number: string): boolean {
    if (number === noPosition) return true
    return number <= this.#newest && this.#terms.some((term) => number.startsWith(`${term}-`))
  }

  #begin(): string {
    const wall = this.#clock.wall()
    const term = termAfter(this.#terms.at(-1), wall / 1000, ((wall % 1000) + this.#clock.random()) / 1000)
    this.#terms.push(term)
    this.#count = 0
    return term
  }
}
