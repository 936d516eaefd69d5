import { isExact, matches, type Pattern, type Subject } from '@wildcast/protocol'
import { names, natsNativeOf } from '../subjects.js'
import type { JetStream } from './jet-stream.js'
import { nameOfPlace, valuePlaces, valuesStream } from './places.js'

/** How many patterns are read at the same time without listing their subjects again. */
const mostListings = 4

/**
 * The subjects of values, in their order. JetStream lists all of a filter at once, unsorted:
 * a list is kept while its pages are read.
 */
export class Listings {
  readonly #jetStream: JetStream
  readonly #kept: Map<Pattern, Promise<readonly Subject[]>> = new Map()

  constructor(jetStream: JetStream) {
    this.#jetStream = jetStream
  }

  /**
   * Returns the subjects of a pattern that come after a subject. From the beginning they are listed
   * again.
   */
  async after(pattern: Pattern, subject: Subject | undefined): Promise<readonly Subject[]> {
    if (isExact(pattern)) return subject === undefined ? [pattern as Subject] : []
    const kept = subject === undefined ? undefined : this.#kept.get(pattern)
    const all = await (kept ?? this.#list(pattern))
    const from = subject === undefined ? 0 : firstAfter(all, subject)
    if (from >= all.length) this.#kept.delete(pattern)
    return all.slice(from)
  }

  /** Its last page was read. */
  done(pattern: Pattern): void {
    this.#kept.delete(pattern)
  }

  #list(pattern: Pattern): Promise<readonly Subject[]> {
    const listing = this.#subjects(pattern)
    this.#kept.delete(pattern)
    this.#kept.set(pattern, listing)
    listing.catch(() => this.#kept.delete(pattern))
    for (const [oldest] of this.#kept) if (this.#kept.size > mostListings) this.#kept.delete(oldest)
    return listing
  }

  async #subjects(pattern: Pattern): Promise<readonly Subject[]> {
    const found = await Promise.all(
      natsNativeOf({ pattern }).subjects.map((covering) =>
        this.#jetStream.subjects(valuesStream, valuePlaces(covering)),
      ),
    )
    const subjects = found.flat().map((place) => names.subjectOf(nameOfPlace(place)))
    return subjects.filter((one): one is Subject => one !== undefined && matches(pattern, one)).sort()
  }
}

/** Searches a sorted list by halves. */
function firstAfter(subjects: readonly Subject[], after: Subject): number {
  let [low, high] = [0, subjects.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((subjects[middle] as Subject) > after) high = middle
    else low = middle + 1
  }
  return low
}
