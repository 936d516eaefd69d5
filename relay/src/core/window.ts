import { type BacklogRoom, overflows } from './room.js'
import type { WrittenFrames } from './sequence.js'

/** Memory that all windows of a relay share with its backlogs. */
export interface WindowRoom extends BacklogRoom {
  /** The windows that are not empty, the one without a confirmation for longest first. */
  readonly unconfirmed: Set<ResumeWindow>
}

/** More confirmed entries than this are removed from the array. */
const compactAfter = 64

/** The memory of a frame besides its bytes. */
const frameOverhead = 100

/** The rest of frames that were written together and then released. */
interface Released extends Pick<WrittenFrames, 'outcomes'> {
  /** The number of frames. */
  readonly count: number
}
type Entry = WrittenFrames | Released

/**
 * The frames that were written to a client but not confirmed, by number: references, not copies.
 * After a lost connection they can be written again.
 */
export class ResumeWindow {
  readonly #room: WindowRoom
  #entries: Entry[] = []
  /** The first entry that is not wholly confirmed. */
  #first = 0
  /** The number of frames before that entry. */
  #before = 0
  #sent = 0
  #confirmed = 0
  /** How many frames are no longer available. */
  #released = 0
  #bytes = 0
  /**
   * By subscription: the number of arrived messages whose outcome was awaited. Negative while
   * messages of an earlier subscription with the same id are kept.
   */
  #settled: Map<number, number> | undefined

  constructor(room: WindowRoom) {
    this.#room = room
  }

  /** The number of written frames. */
  get sent(): number {
    return this.#sent
  }

  /** The number of confirmed frames. */
  get confirmed(): number {
    return this.#confirmed
  }

  /** The bytes of unconfirmed frames. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#first === this.#entries.length
  }

  /** Adds written frames. If all windows keep too much, releases the oldest ones. */
  add(written: WrittenFrames): void {
    const { unconfirmed } = this.#room
    if (this.#bytes === 0) unconfirmed.add(this)
    this.#entries.push(written)
    this.#sent += written.frames.length
    this.#bytes += written.bytes
    // Clients that were sent the same frames share them.
    if (written.holders++ === 0) this.#room.used += weightOf(written)
    if (!overflows(this.#room)) return
    for (const oldest of unconfirmed) {
      oldest.release()
      if (this.#room.used <= this.#room.limit) return
    }
  }

  /**
   * Confirms the first `count` frames. Returns false if the count is invalid, and ignores a lower
   * one than before.
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
      this.#drop(entry)
      if (entry.outcomes) this.#count(entry.outcomes)
    }
    this.#compact()
    if (this.#bytes > 0) unconfirmed.add(this)
    return true
  }

  /**
   * Returns the frames after the first `count`; undefined if some were released or the count is
   * invalid.
   */
  after(count: number): readonly Uint8Array[] | undefined {
    const least = Math.max(this.#before, this.#confirmed, this.#released)
    if (!(Number.isSafeInteger(count) && count >= least && count <= this.#sent)) return undefined
    const frames = this.#entries.slice(this.#first).flatMap((entry) => ('frames' in entry ? entry.frames : []))
    return frames.slice(frames.length - (this.#sent - count))
  }

  /** Drops the frames that were written so far; their outcomes are still awaited. */
  release(): void {
    const before = this.#before
    const entries = this.#takeAll()
    this.#released = this.#sent
    this.#before = before
    this.#entries = entries.map((entry) => ({ count: lengthOf(entry), outcomes: entry.outcomes }))
  }

  /** The client will not come back: offers its unconfirmed messages to others, in order. */
  abandon(): void {
    let number = this.#before
    for (const entry of this.#takeAll()) {
      for (const [i, outcome] of (entry.outcomes ?? []).entries()) outcome?.settle(number + i < this.#confirmed)
      number += lengthOf(entry)
    }
  }

  /**
   * Ends a subscription. Its written messages after the first `handled` are offered to others, in
   * order.
   * @param handled - if absent, all still wait for confirmation
   */
  handBack(feed: number, handled?: number): void {
    let number = this.#settled?.get(feed) ?? 0
    const outcomes = this.#entries.slice(this.#first).flatMap((entry) => entry.outcomes ?? [])
    const own = outcomes.filter((outcome) => outcome?.feed === feed)
    this.#countOf(feed, -own.length) // its id may be used again
    if (handled === undefined) return
    for (const outcome of own) outcome?.settle(number++ < handled)
  }

  /** Settles arrived messages. */
  #count(outcomes: NonNullable<WrittenFrames['outcomes']>): void {
    for (const outcome of outcomes) {
      if (outcome?.feed !== undefined) this.#countOf(outcome.feed, (this.#settled?.get(outcome.feed) ?? 0) + 1)
      outcome?.settle(true)
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
    for (const entry of entries) this.#drop(entry)
    this.#room.unconfirmed.delete(this)
    return entries
  }

  #drop(entry: Entry): void {
    if (!('frames' in entry)) return
    this.#bytes -= entry.bytes
    if (--entry.holders === 0) this.#room.used -= weightOf(entry)
  }

  #compact(): void {
    if (!this.isEmpty && (this.#first < compactAfter || this.#first < this.#entries.length / 2)) return
    this.#entries = this.#entries.slice(this.#first)
    this.#first = 0
  }
}

function lengthOf(entry: Entry): number {
  return 'frames' in entry ? entry.frames.length : entry.count
}

function weightOf({ frames, bytes }: WrittenFrames): number {
  return bytes + frames.length * frameOverhead
}
