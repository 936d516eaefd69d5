import type { Framed } from './framed.js'
import type { FeedFacts, StreamEncoder } from './outlet.js'
import { type BacklogRoom, overflows } from './room.js'
import { type WrittenFrames, writtenOf } from './sequence.js'

/** Dropped messages, reported at their position. */
interface Loss {
  readonly lostBy: FeedFacts
  missed: number
}

export interface BacklogOptions {
  readonly encoder: StreamEncoder
  /** Limit of waiting messages, in bytes. */
  readonly limit: number
  readonly room: BacklogRoom
  /** Called for each lost message, with 1, and for each value that will be sent again, with 0. */
  missed(feed: FeedFacts, messages: 0 | 1): void
}

/** More taken entries than this are removed from the array. */
const compactAfter = 1024

/**
 * References to the frames that wait for a slow reader, in order. Past its limit it drops all
 * messages at once, since choosing among them for each new one would cost more than the reader is
 * worth. Each subscription gets the number of messages that it missed.
 */
export class Backlog {
  readonly #options: BacklogOptions
  /** Taken entries are undefined. */
  #waiting: (Framed | Loss | undefined)[] = []
  #next = 0
  #messageBytes = 0
  #otherBytes = 0
  #replayBytes = 0
  #newest: Framed | undefined
  /**
   * For `latest` subscriptions: the position of each subject's newest message, counted from
   * `#base`.
   */
  readonly #positions: Map<string, number> = new Map()
  #base = 0

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#next === this.#waiting.length
  }

  /** Bytes of the frames that are never dropped. */
  get otherBytes(): number {
    return this.#otherBytes
  }

  /** Appends a frame, or replaces an older message of the same subject. */
  add(parcel: Framed): void {
    const { bytes, feed } = parcel
    if (!feed || parcel.replay) {
      this.#weighParcel(parcel, 1)
      this.#waiting.push(parcel)
      // A later message must not take a place before the value.
      if (feed) this.#positions.delete(subjectKey(feed, parcel))
      return
    }
    this.#newest = parcel
    if (feed.latest && this.#replace(parcel, feed)) return
    this.#weigh(bytes.length)
    this.#waiting.push(parcel)
    if (feed.latest) this.#positions.set(subjectKey(feed, parcel), this.#base + this.#waiting.length - 1)
  }

  /** Drops messages past the limits. Returns false if the reader must be cut off instead. */
  keepBound(): boolean {
    const { limit, room, encoder } = this.#options
    const newest = this.#newest?.bytes.length ?? 0
    // A single message may exceed the limit: it was within the payload limit.
    if (this.#messageBytes <= newest || (this.#messageBytes <= limit && !overflows(room))) return true
    // Keeps the newest message of each subject, unless these alone are too much.
    this.#drop(({ latest }) => !latest)
    if (this.#messageBytes - newest > limit / 2) this.#drop(() => true)
    return encoder.overrun === 'gap'
  }

  /** Bytes of the next frame. */
  get nextBytes(): number {
    for (let at = this.#next; at < this.#waiting.length; at++) {
      const one = this.#waiting[at]
      if (one) return 'bytes' in one ? one.bytes.length : 0
    }
    return 0
  }

  /** Takes the next frames that fit into `most` bytes, at least one. */
  take(most: number): WrittenFrames {
    const parcels: Framed[] = []
    let bytes = 0
    for (; !this.isEmpty; this.#next++) {
      const next = this.#waiting[this.#next]
      const frame = next && this.#framed(next)
      if (!frame) continue
      if (bytes > 0 && bytes + frame.bytes.length > most) break
      bytes += frame.bytes.length
      parcels.push(frame)
      this.#waiting[this.#next] = undefined
      if (frame === next) this.#release(frame)
    }
    this.#compact()
    return writtenOf(parcels, bytes)
  }

  /** Drops all frames of an ended subscription, since its id may be used again. */
  forget(id: number): void {
    this.#rebuild((one) => {
      const gone = 'lostBy' in one ? one.lostBy.id === id : one.feed?.id === id
      if (gone && 'bytes' in one) this.#discard(one)
      return gone ? undefined : one
    })
  }

  /** Drops everything. */
  abandon(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#next = 0
    this.#options.room.used -= this.#messageBytes + this.#otherBytes + this.#replayBytes
    this.#messageBytes = this.#otherBytes = this.#replayBytes = 0
    for (const one of waiting) if (one && 'bytes' in one) one.settle?.(false)
  }

  #weigh(bytes: number): void {
    this.#messageBytes += bytes
    this.#options.room.used += bytes
  }

  /** Values need no limit: they wait for the reader before they are encoded. */
  #weighParcel({ bytes, feed, replay }: Framed, sign: 1 | -1): void {
    const weight = sign * bytes.length
    if (!feed) this.#otherBytes += weight
    else if (replay) this.#replayBytes += weight
    else this.#messageBytes += weight
    this.#options.room.used += weight
  }

  #framed(one: Framed | Loss): Framed | undefined {
    if ('bytes' in one) return one
    // Lost values are sent again, so that they are not counted.
    const bytes = this.#options.encoder.gap(one.lostBy, one.missed || undefined)
    return bytes && { bytes }
  }

  #release(parcel: Framed): void {
    const { feed } = parcel
    this.#weighParcel(parcel, -1)
    if (feed?.latest) this.#positions.delete(subjectKey(feed, parcel))
  }

  /** Returns true if another subscriber or the broker takes it. */
  #discard(parcel: Framed): boolean {
    this.#weighParcel(parcel, -1)
    return parcel.settle?.(false) ?? false
  }

  #replace(parcel: Framed, feed: FeedFacts): boolean {
    const position = this.#positions.get(subjectKey(feed, parcel))
    if (position === undefined) return false
    const older = this.#waiting[position - this.#base] as Framed
    this.#weigh(parcel.bytes.length - older.bytes.length)
    this.#waiting[position - this.#base] = parcel
    return true
  }

  #compact(): void {
    if (!this.isEmpty && (this.#next < compactAfter || this.#next < this.#waiting.length / 2)) return
    this.#waiting = this.#waiting.slice(this.#next)
    this.#base += this.#next
    this.#next = 0
  }

  #drop(isDropped: (feed: FeedFacts) => boolean): void {
    const losses = new Map<number, Loss>()
    /** A loss takes the position of its first message. */
    const lossOf = (feed: FeedFacts, missed: number): Loss | undefined => {
      const known = losses.get(feed.id)
      const loss = known ?? { lostBy: feed, missed: 0 }
      loss.missed += missed
      losses.set(feed.id, loss)
      return known ? undefined : loss
    }
    this.#rebuild((one) => {
      if ('lostBy' in one) return lossOf(one.lostBy, one.missed)
      if (!one.feed || one === this.#newest || !isDropped(one.feed)) return one
      if (this.#discard(one)) return undefined
      const messages = one.replay ? 0 : 1
      this.#options.missed(one.feed, messages)
      return lossOf(one.feed, messages)
    })
  }

  /** Replaces each entry by the result of `keep`, or drops it if that is undefined. */
  #rebuild(keep: (one: Framed | Loss) => Framed | Loss | undefined): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#next = 0
    this.#base = 0
    this.#positions.clear()
    for (const one of waiting) {
      const kept = one && keep(one)
      if (!kept) continue
      if ('bytes' in kept && kept.feed?.latest && !kept.replay)
        this.#positions.set(subjectKey(kept.feed, kept), this.#waiting.length)
      this.#waiting.push(kept)
    }
  }
}

function subjectKey({ id }: FeedFacts, { message }: Framed): string {
  return `${id} ${message?.subject}`
}
