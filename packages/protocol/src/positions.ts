/** A set of places in a subject, as bits: 0 stands before its first segment, n after its n-th. */
export type Places = Int32Array

/**
 * Where in a subject its segments stand, so that a pattern is compared with all places at once. Of
 * a pattern without `**`, a `*` stands for every segment.
 */
export class Positions {
  /** Number of segments. */
  readonly length: number
  /** The places before each distinct segment, and before any under `*`. */
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

  /** All places from one on. */
  from(place: number): Places {
    const places = this.#none().fill(-1, place >> 5)
    places[place >> 5] = -1 << (place & 31)
    return places
  }

  /** All places from the first of these on. The set must not be empty. */
  fromFirstOf(places: Places): Places {
    const word = places.findIndex((bits) => bits !== 0)
    const bits = places[word] as number
    return this.from(word * 32 + 31 - Math.clz32(bits & -bits))
  }

  /**
   * The places behind a run of segments that begins at one of these. Undefined if there is none.
   */
  behind(run: readonly string[], places: Places): Places | undefined {
    const reached = places.slice()
    // Only the words between the first place and the last one that leaves room for the run count.
    let last = this.length - run.length
    dropAfter(reached, last)
    let firstWord = 0
    for (const segment of run) {
      const before = this.bySegment.get(segment) ?? this.#wild
      if (!before) return undefined
      last++
      while (reached[firstWord] === 0) firstWord++
      if (!moveOn(reached, before, { from: firstWord, to: last >> 5 })) return undefined
    }
    return reached
  }

  /** Whether a run stands somewhere behind one place and before another. */
  fits(run: readonly string[], from: number, to: number): boolean {
    const places = this.from(from)
    dropAfter(places, to - run.length)
    return this.behind(run, places) !== undefined
  }

  /** Whether the end of the subject is among these places. */
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
 * Moves the places that are among `before` on by one segment, and drops the rest. False if none is
 * left.
 */
function moveOn(places: Places, before: Places, words: { readonly from: number; readonly to: number }): boolean {
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
