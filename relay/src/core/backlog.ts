import type { Droppable, Parcel, Settle, StreamEncoder } from './outlet.js'

/** Messages that were dropped, told in their place. */
interface Loss {
  readonly lostBy: Droppable
  missed: number
}

/** What all backlogs of a relay share. */
export interface BacklogRoom {
  /** Bytes of messages that wait, in all of them. */
  used: number
  readonly limit: number
}

export interface BacklogOptions {
  readonly encoder: StreamEncoder
  /** Bytes of messages that may wait. */
  readonly limit: number
  readonly room: BacklogRoom
}

/** Frames in one buffer, and who hears what becomes of them. */
export interface Bundle {
  readonly bytes: Uint8Array
  readonly settles: readonly Settle[] | undefined
}

/**
 * What waits for a reader that is slower than what is said to it: references to frames, in order. Past its limit all messages go at once, since to choose among them
 * with each new one would cost more than the reader is worth; each subscription is told how many it missed.
 */
export class Backlog {
  readonly #options: BacklogOptions
  /** What was taken is undefined. */
  #waiting: (Parcel | Loss | undefined)[] = []
  #next = 0
  #messageBytes = 0
  #otherBytes = 0
  /** Where the newest message of each subject waits, for subscriptions that want no other. */
  readonly #places: Map<string, number> = new Map()

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

  /** False where messages were dropped, and the dialect has no words for that. */
  add(parcel: Parcel): boolean {
    const { bytes, feed } = parcel
    if (!feed) {
      this.#otherBytes += bytes.length
      this.#waiting.push(parcel)
      return true
    }
    const replaced = feed.latest && this.#replace(parcel, feed)
    if (replaced) return true
    const told = this.#fits(bytes.length) || this.#makeRoom()
    this.#weigh(bytes.length)
    this.#waiting.push(parcel)
    if (feed.latest) this.#places.set(placeOf(feed, parcel), this.#waiting.length - 1)
    return told
  }

  /** What comes next: as many frames as fit into so many bytes, but one at least. */
  take(most: number): Bundle {
    const frames: Uint8Array[] = []
    const settles: Settle[] = []
    let bytes = 0
    for (; !this.isEmpty; this.#next++) {
      const next = this.#waiting[this.#next]
      const frame = next && this.#bytesOf(next)
      if (!next || !frame) continue
      if (bytes > 0 && bytes + frame.length > most) break
      bytes += frame.length
      frames.push(frame)
      this.#waiting[this.#next] = undefined
      if ('bytes' in next) this.#letGo(next, settles)
    }
    if (this.isEmpty) {
      this.#waiting = []
      this.#next = 0
    }
    const [only] = frames
    return {
      bytes: frames.length === 1 && only ? only : this.#options.encoder.join(frames, bytes),
      settles: settles.length > 0 ? settles : undefined,
    }
  }

  /** Nothing of it will be written. */
  abandon(): void {
    for (const one of this.#waiting) if (one && 'bytes' in one) one.settle?.(false)
    this.#waiting = []
    this.#next = 0
    this.#weigh(-this.#messageBytes)
  }

  #fits(bytes: number): boolean {
    const { limit, room } = this.#options
    // One that is alone may be longer: it was within the limit of payloads.
    return this.#messageBytes === 0 || (this.#messageBytes + bytes <= limit && room.used + bytes <= room.limit)
  }

  #weigh(bytes: number): void {
    this.#messageBytes += bytes
    this.#options.room.used += bytes
  }

  #bytesOf(one: Parcel | Loss): Uint8Array | undefined {
    if ('bytes' in one) return one.bytes
    return this.#options.encoder.encode({ kind: 'Gap', id: one.lostBy.id, missed: one.missed })
  }

  #letGo(parcel: Parcel, settles: Settle[]): void {
    const { bytes, feed, settle } = parcel
    if (feed) this.#weigh(-bytes.length)
    else this.#otherBytes -= bytes.length
    if (feed?.latest) this.#places.delete(placeOf(feed, parcel))
    if (settle) settles.push(settle)
  }

  /** Puts a message in the place of the one before it on its subject, if one waits. */
  #replace(parcel: Parcel, feed: Droppable): boolean {
    const place = this.#places.get(placeOf(feed, parcel))
    if (place === undefined) return false
    const older = this.#waiting[place] as Parcel
    this.#weigh(parcel.bytes.length - older.bytes.length)
    this.#waiting[place] = parcel
    return true
  }

  /** Newest messages stay, unless they are too many by themselves. */
  #makeRoom(): boolean {
    this.#drop(({ latest }) => !latest)
    if (this.#messageBytes > this.#options.limit / 2) this.#drop(() => true)
    return this.#options.encoder.encode({ kind: 'Gap', id: 0 }) !== undefined
  }

  #drop(isDropped: (feed: Droppable) => boolean): void {
    const kept: (Parcel | Loss)[] = []
    const losses = new Map<number, Loss>()
    const lose = (feed: Droppable, missed: number): void => {
      const loss = losses.get(feed.id) ?? { lostBy: feed, missed: 0 }
      if (loss.missed === 0) kept.push(loss)
      loss.missed += missed
      losses.set(feed.id, loss)
    }
    this.#places.clear()
    for (const one of this.#waiting) {
      if (!one) continue
      if ('lostBy' in one) lose(one.lostBy, one.missed)
      else if (one.feed && isDropped(one.feed)) {
        this.#weigh(-one.bytes.length)
        // What somebody else may still take is not lost.
        if (one.settle) one.settle(false)
        else lose(one.feed, 1)
      } else {
        if (one.feed?.latest) this.#places.set(placeOf(one.feed, one), kept.length)
        kept.push(one)
      }
    }
    this.#waiting = kept
    this.#next = 0
  }
}

function placeOf({ id }: Droppable, { subject }: Parcel): string {
  return `${id} ${subject}`
}
