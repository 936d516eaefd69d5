import type { Clock } from '../../core/clock.js'
import { mostOfTerm, revisionOf, termAfter } from '../../core/revision.js'

/**
 * Returns a function that returns the next revision with each call, in a term of its own. A store
 * in memory remembers no earlier term, so the milliseconds come before the random part: revisions
 * also rise when its process has crashed and begins again within a second.
 */
export function revisions(clock: Pick<Clock, 'wall' | 'random'>): () => string {
  const next = (last?: string): string => {
    const wall = clock.wall()
    return termAfter(last, wall / 1000, ((wall % 1000) + clock.random()) / 1000)
  }
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
