/**
 * A set of places in a subject, as bits: place 0 is before its first segment, place n after its
 * n-th.
 */
export type Places = Int32Array

/**
 * The places of each segment in a subject, so that a pattern is compared with all places at once.
 * In a pattern without `**` instead of a subject, a `*` matches every segment.
 */
export class Positions {
  /** Number of segments. */
  readonly length: number
  /** The places before each distinct segment; under `*`, those before any segment. */
  readonly bySegment: Map<string, Places> = new Map()
  /** The places before a `*`. */
  readonly #wild: Places | undefined

  constructor(segments: readonly string[]) {
    this.length = segments.length
    if (segments.includes('*')) {
      this.#wild = this.#none()
      for (const [i, segment] of segments.entries()) if (segment === '*') put(this.#wild, i)
    }
    const any = this.#none()
    for (const [i, segment] of segments.entries()) {
      const places = this.bySegment.get(segment) ?? this.#wild?.slice() ?? this.#none()
      this.bySegment.set(segment, places)
      put(places, i)
      put(any, i)
    }
    this.bySegment.set('*', any)
  }

  /** Returns all places from this one on. */
  from(place: number): Places {
    const places = this.#none().fill(-1, place >> 5)
    places[place >> 5] = -1 << (place & 31)
    return places
  }

  /** Returns all places from the first of these on. The set must not be empty. */
  fromFirstOf(places: Places): Places {
    const word = places.findIndex((bits) => bits !== 0)
    const bits = places[word] as number
    return this.from(word * 32 + 31 - Math.clz32(bits & -bits))
  }

  /**
   * Returns the places after a run of segments that begins at one of these, or undefined without
   * any.
   */
  after(run: readonly string[], places: Places): Places | undefined {
    const reached = places.slice()
    // Only the words from the first place to the last one that leaves room for the run count.
    let last = this.length - run.length
    dropAfter(reached, last)
    let firstWord = 0
    for (const segment of run) {
      const before = this.bySegment.get(segment) ?? this.#wild
      if (!before) return undefined
      last++
      while (reached[firstWord] === 0) firstWord++
      if (!advance(reached, before, { from: firstWord, to: last >> 5 })) return undefined
    }
    return reached
  }

  /** Whether a run matches somewhere between two places. */
  fits(run: readonly string[], from: number, to: number): boolean {
    const places = this.from(from)
    dropAfter(places, to - run.length)
    return this.after(run, places) !== undefined
  }

  /** Whether these places include the end of the subject. */
  reachesEnd(places: Places): boolean {
    return (((places[this.length >> 5] as number) >> (this.length & 31)) & 1) === 1
  }

  #none(): Places {
    return new Int32Array((this.length >> 5) + 1)
  }
}

function put(places: Places, place: number): void {
  places[place >> 5] = (places[place >> 5] as number) | (1 << (place & 31))
}

function dropAfter(places: Places, last: number): void {
  const word = last >> 5
  places.fill(0, Math.max(word + 1, 0))
  if (word >= 0) places[word] = (places[word] as number) & ~(-2 << (last & 31))
}

/**
 * Advances the places that are also in `before` by one segment, and drops the others. Returns false
 * if none are left.
 */
function advance(places: Places, before: Places, words: { readonly from: number; readonly to: number }): boolean {
  let carry = 0
  let any = 0
  for (let word = words.from; word <= words.to; word++) {
    const bits = (places[word] as number) & (before[word] as number)
    const moved = (bits << 1) | carry
    carry = bits >>> 31
    any |= moved
    places[word] = moved
  }
  return any !== 0
}
