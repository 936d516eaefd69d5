import { type BacklogRoom, overflows } from './room.js'
import type { WrittenFrames } from './sequence.js'

/** What all windows of a relay share with its backlogs. */
export interface WindowRoom extends BacklogRoom {
  /**
   * The windows that hold something; the one whose client has confirmed nothing for longest is the
   * first.
   */
  readonly unconfirmed: Set<ResumeWindow>
}

/** Past so many entries that were confirmed, the others move up. */
const mostConfirmed = 64

/** What a frame takes beside its bytes. */
const eachTakes = 100

/** What is left of frames that were written together and then released. */
interface Released extends Pick<WrittenFrames, 'fates'> {
  /** How many frames. */
  readonly count: number
}
type Entry = WrittenFrames | Released

/**
 * The frames that were written to a client and that it has not confirmed, by number: references, no
 * copies. If its connection is lost, they can be written again.
 */
export class ResumeWindow {
  readonly #room: WindowRoom
  #entries: Entry[] = []
  /** The first entry that is not wholly confirmed. */
  #first = 0
  /** How many frames there were before that entry. */
  #before = 0
  #sent = 0
  #confirmed = 0
  /** How many frames can't be had any more. */
  #released = 0
  #bytes = 0
  /**
   * By subscription: how many messages have arrived whose fate something waited for. Below 0 while
   * some are kept of an earlier subscription that had its id.
   */
  #settled: Map<number, number> | undefined

  constructor(room: WindowRoom) {
    this.#room = room
  }

  /** How many frames were written. */
  get sent(): number {
    return this.#sent
  }

  /** How many of them the client has confirmed. */
  get confirmed(): number {
    return this.#confirmed
  }

  /** Bytes of what it has not. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#first === this.#entries.length
  }

  /** Frames were written. If too much is kept in all windows, the oldest of it is released. */
  add(written: WrittenFrames): void {
    const { unconfirmed } = this.#room
    if (this.#bytes === 0) unconfirmed.add(this)
    this.#entries.push(written)
    this.#sent += written.frames.length
    this.#bytes += written.bytes
    // Those who were sent the same hold it together.
    if (written.holders++ === 0) this.#room.used += weightOf(written)
    if (!overflows(this.#room)) return
    for (const oldest of unconfirmed) {
      oldest.release()
      if (this.#room.used <= this.#room.limit) return
    }
  }

  /**
   * The client has handled so many frames. Returns false if it can't have. Fewer than before say
   * nothing.
   */
  confirm(count: number): boolean {
    if (!(Number.isSafeInteger(count) && count >= 0 && count <= this.#sent)) return false
    if (count < this.#confirmed) return true
    this.#confirmed = count
    const { unconfirmed } = this.#room
    unconfirmed.delete(this)
    for (;;) {
      const entry = this.#entries[this.#first]
      const length = entry && lengthOf(entry)
      if (!entry || length === undefined || this.#before + length > count) break
      this.#first++
      this.#before += length
      this.#letGo(entry)
      if (entry.fates) this.#count(entry.fates)
    }
    this.#moveUp()
    if (this.#bytes > 0) unconfirmed.add(this)
    return true
  }

  /** The frames after the first `count`. Undefined if they were released, or can't be meant. */
  after(count: number): readonly Uint8Array[] | undefined {
    const least = Math.max(this.#before, this.#confirmed, this.#released)
    if (!(Number.isSafeInteger(count) && count >= least && count <= this.#sent)) return undefined
    const frames = this.#entries.slice(this.#first).flatMap((entry) => ('frames' in entry ? entry.frames : []))
    return frames.slice(frames.length - (this.#sent - count))
  }

  /** Keeps no frame of those that were written so far; what waits for their fate waits on. */
  release(): void {
    const before = this.#before
    const entries = this.#takeAll()
    this.#released = this.#sent
    this.#before = before
    this.#entries = entries.map((entry) => ({ count: lengthOf(entry), fates: entry.fates }))
  }

  /** The client does not come back: what it has not confirmed is offered to others, in order. */
  abandon(): void {
    let number = this.#before
    for (const entry of this.#takeAll()) {
      for (const [i, fate] of (entry.fates ?? []).entries()) fate?.settle(number + i < this.#confirmed)
      number += lengthOf(entry)
    }
  }

  /**
   * A subscription is over. What was written of it beyond so many messages is offered to others, in
   * order.
   * @param handled - without it, all waits to be confirmed as before
   */
  handBack(feed: number, handled?: number): void {
    let number = this.#settled?.get(feed) ?? 0
    const fates = this.#entries.slice(this.#first).flatMap((entry) => entry.fates ?? [])
    const own = fates.filter((fate) => fate?.feed === feed)
    this.#countOf(feed, -own.length) // its id may come back
    if (handled === undefined) return
    for (const fate of own) fate?.settle(number++ < handled)
  }

  /** They have arrived. */
  #count(fates: NonNullable<WrittenFrames['fates']>): void {
    for (const fate of fates) {
      if (fate?.feed !== undefined) this.#countOf(fate.feed, (this.#settled?.get(fate.feed) ?? 0) + 1)
      fate?.settle(true)
    }
  }

  #countOf(feed: number, count: number): void {
    if (count === 0) this.#settled?.delete(feed)
    else {
      this.#settled ??= new Map()
      this.#settled.set(feed, count)
    }
  }

  #takeAll(): readonly Entry[] {
    const entries = this.#entries.slice(this.#first)
    this.#entries = []
    this.#first = 0
    this.#before = this.#sent
    for (const entry of entries) this.#letGo(entry)
    this.#room.unconfirmed.delete(this)
    return entries
  }

  #letGo(entry: Entry): void {
    if (!('frames' in entry)) return
    this.#bytes -= entry.bytes
    if (--entry.holders === 0) this.#room.used -= weightOf(entry)
  }

  #moveUp(): void {
    if (!this.isEmpty && (this.#first < mostConfirmed || this.#first < this.#entries.length / 2)) return
    this.#entries = this.#entries.slice(this.#first)
    this.#first = 0
  }
}

function lengthOf(entry: Entry): number {
  return 'frames' in entry ? entry.frames.length : entry.count
}

function weightOf({ frames, bytes }: WrittenFrames): number {
  return bytes + frames.length * eachTakes
}
