import type { Clock } from '../../core/clock.js'
import { mostOfTerm, revisionOf, termAfter } from '../../core/revision.js'

/** Returns a function that returns the next revision with each call, in a term of its own. */
export function revisions(clock: Pick<Clock, 'wall' | 'random'>): () => string {
  const next = (last?: string): string => termAfter(last, clock.wall() / 1000, clock.random())
  let term = next()
  let count = 0
  return () => {
    if (count === mostOfTerm) {
      term = next(term)
      count = 0
    }
    return revisionOf(term, ++count)
  }
}
