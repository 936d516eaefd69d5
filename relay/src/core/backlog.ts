import type { Framed } from './framed.js'
import type { FeedFacts, StreamEncoder } from './outlet.js'
import { type BacklogRoom, overflows } from './room.js'
import { type WrittenFrames, writtenOf } from './sequence.js'

/** Messages that were dropped, told in their place. */
interface Loss {
  readonly lostBy: FeedFacts
  missed: number
}

export interface BacklogOptions {
  readonly encoder: StreamEncoder
  /** Bytes of messages that may wait. */
  readonly limit: number
  readonly room: BacklogRoom
  /** Hears of each message that is lost. */
  missed(feed: FeedFacts): void
}

/** Past so many entries that were taken, the others move up. */
const mostTaken = 1024

/**
 * What waits for a reader that is slower than what is said to it: references to frames, in order.
 * Past its limit all messages go at once, since to choose among them with each new one would cost
 * more than the reader is worth; each subscription is told how many it missed.
 */
export class Backlog {
  readonly #options: BacklogOptions
  /** What was taken is undefined. */
  #waiting: (Framed | Loss | undefined)[] = []
  #next = 0
  #messageBytes = 0
  #otherBytes = 0
  #newest: Framed | undefined
  /**
   * Where the newest message of each subject waits, for subscriptions that want no other; counted
   * from `#base` on.
   */
  readonly #places: Map<string, number> = new Map()
  #base = 0

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#next === this.#waiting.length
  }

  /** Bytes of what is never dropped. */
  get otherBytes(): number {
    return this.#otherBytes
  }

  /** Puts a frame at the end, or in the place of an older message whose subject it has. */
  add(parcel: Framed): void {
    const { bytes, feed } = parcel
    if (!feed) {
      this.#weighOther(bytes.length)
      this.#waiting.push(parcel)
      return
    }
    this.#newest = parcel
    if (feed.latest && this.#replace(parcel, feed)) return
    this.#weigh(bytes.length)
    this.#waiting.push(parcel)
    if (feed.latest) this.#places.set(placeOf(feed, parcel), this.#base + this.#waiting.length - 1)
  }

  /** Drops messages if too much waits. Returns false if the reader must be cut off instead. */
  keepBound(): boolean {
    const { limit, room, encoder } = this.#options
    const newest = this.#newest?.bytes.length ?? 0
    // One that is alone may be longer: it was within the limit of payloads.
    if (this.#messageBytes <= newest || (this.#messageBytes <= limit && !overflows(room))) return true
    // Newest messages of their subjects stay, unless they are too many by themselves.
    this.#drop(({ latest }) => !latest)
    if (this.#messageBytes - newest > limit / 2) this.#drop(() => true)
    return encoder.overrun === 'gap'
  }

  /** Bytes of the frame that comes next. */
  get nextBytes(): number {
    for (let at = this.#next; at < this.#waiting.length; at++) {
      const one = this.#waiting[at]
      if (one) return 'bytes' in one ? one.bytes.length : 0
    }
    return 0
  }

  /** What comes next: as many frames as fit into so many bytes, but one at least. */
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
      if (frame === next) this.#letGo(frame)
    }
    this.#moveUp()
    return writtenOf(parcels, bytes)
  }

  /**
   * Nothing of a subscription that has ended is owed any more: its id may come back, for another
   * one.
   */
  forget(id: number): void {
    this.#rebuild((one) => {
      const gone = 'lostBy' in one ? one.lostBy.id === id : one.feed?.id === id
      if (gone && 'bytes' in one) this.#discard(one)
      return gone ? undefined : one
    })
  }

  /** Nothing of it will be written. */
  abandon(): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#next = 0
    this.#weigh(-this.#messageBytes)
    this.#weighOther(-this.#otherBytes)
    for (const one of waiting) if (one && 'bytes' in one) one.settle?.(false)
  }

  #weigh(bytes: number): void {
    this.#messageBytes += bytes
    this.#options.room.used += bytes
  }

  #weighOther(bytes: number): void {
    this.#otherBytes += bytes
    this.#options.room.used += bytes
  }

  #framed(one: Framed | Loss): Framed | undefined {
    if ('bytes' in one) return one
    const bytes = this.#options.encoder.gap(one.lostBy, one.missed)
    return bytes && { bytes }
  }

  #letGo(parcel: Framed): void {
    const { bytes, feed } = parcel
    if (feed) this.#weigh(-bytes.length)
    else this.#weighOther(-bytes.length)
    if (feed?.latest) this.#places.delete(placeOf(feed, parcel))
  }

  /** Returns whether somebody else takes it. */
  #discard({ bytes, settle }: Framed): boolean {
    this.#weigh(-bytes.length)
    return settle?.(false) ?? false
  }

  #replace(parcel: Framed, feed: FeedFacts): boolean {
    const place = this.#places.get(placeOf(feed, parcel))
    if (place === undefined) return false
    const older = this.#waiting[place - this.#base] as Framed
    this.#weigh(parcel.bytes.length - older.bytes.length)
    this.#waiting[place - this.#base] = parcel
    return true
  }

  #moveUp(): void {
    if (!this.isEmpty && (this.#next < mostTaken || this.#next < this.#waiting.length / 2)) return
    this.#waiting = this.#waiting.slice(this.#next)
    this.#base += this.#next
    this.#next = 0
  }

  #drop(isDropped: (feed: FeedFacts) => boolean): void {
    const losses = new Map<number, Loss>()
    /** Each loss stands where the first of its messages stood. */
    const lose = (feed: FeedFacts, missed: number): Loss | undefined => {
      const known = losses.get(feed.id)
      const loss = known ?? { lostBy: feed, missed: 0 }
      loss.missed += missed
      losses.set(feed.id, loss)
      return known ? undefined : loss
    }
    this.#rebuild((one) => {
      if ('lostBy' in one) return lose(one.lostBy, one.missed)
      if (!one.feed || one === this.#newest || !isDropped(one.feed)) return one
      if (this.#discard(one)) return undefined
      this.#options.missed(one.feed)
      return lose(one.feed, 1)
    })
  }

  /** Keeps what is returned for each entry. */
  #rebuild(keep: (one: Framed | Loss) => Framed | Loss | undefined): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#next = 0
    this.#base = 0
    this.#places.clear()
    for (const one of waiting) {
      const kept = one && keep(one)
      if (!kept) continue
      if ('bytes' in kept && kept.feed?.latest) this.#places.set(placeOf(kept.feed, kept), this.#waiting.length)
      this.#waiting.push(kept)
    }
  }
}

function placeOf({ id }: FeedFacts, { message }: Framed): string {
  return `${id} ${message?.subject}`
}
