import type { Framed } from './framed.js'
import type { StreamEncoder } from './outlet.js'

/** Frames that are written at once, in order. Shared by all clients that are sent the same. */
export interface WrittenFrames {
  readonly frames: readonly Uint8Array[]
  /** The bytes of all frames. */
  readonly bytes: number
  /** The awaited outcomes, by frame. Absent if no outcome is awaited. */
  readonly outcomes?: readonly (AwaitedOutcome | undefined)[] | undefined
  /** How many windows hold it. */
  holders: number
}

/** A message whose outcome is awaited. */
export interface AwaitedOutcome {
  /** Its subscription. */
  readonly feed: number | undefined
  readonly settle: NonNullable<Framed['settle']>
}

/** @param bytes - their total length */
export function writtenOf(parcels: readonly Framed[], bytes: number): WrittenFrames {
  const frames = parcels.map((parcel) => parcel.bytes)
  const any = parcels.some(({ settle }) => settle !== undefined)
  return any ? { frames, bytes, outcomes: parcels.map(outcomeOf), holders: 0 } : { frames, bytes, holders: 0 }
}

function outcomeOf({ feed, settle }: Framed): AwaitedOutcome | undefined {
  return settle && { feed: feed?.id, settle }
}

/**
 * The frames of a client in a turn, in order. Clients with the same frames share one sequence and
 * its joined buffer: each sequence refers to those that extend it, so that equal frames lead to the
 * same sequence.
 */
export class Sequence {
  readonly frames: number
  /** The bytes of all frames. */
  readonly bytes: number
  /** Whether the outcome of any frame is awaited. */
  readonly settlesAny: boolean
  readonly #before: Sequence | undefined
  readonly #last: Framed | undefined
  /** The extension that was used last: usually it is used next. */
  #next: Sequence | undefined
  #others: Map<Framed, Sequence> | undefined
  #joined: Uint8Array | undefined
  #written: WrittenFrames | undefined

  constructor(before?: Sequence, last?: Framed) {
    this.#before = before
    this.#last = last
    this.frames = before ? before.frames + 1 : 0
    this.bytes = (before?.bytes ?? 0) + (last?.bytes.length ?? 0)
    this.settlesAny = last?.settle !== undefined || before?.settlesAny === true
  }

  /** Returns the extension that was used last, if it adds this parcel. */
  followedBy(parcel: object): Sequence | undefined {
    const next = this.#next
    return next !== undefined && next.#last === parcel ? next : undefined
  }

  /** Returns this sequence and one frame. */
  with(parcel: Framed): Sequence {
    return this.followedBy(parcel) ?? this.#extendBy(parcel)
  }

  get parcels(): readonly Framed[] {
    const parcels: Framed[] = []
    for (let at: Sequence | undefined = this; at; at = at.#before) if (at.#last) parcels.push(at.#last)
    return parcels.reverse()
  }

  /** Its frames alone, which don't keep frames of other clients alive. */
  get written(): WrittenFrames {
    this.#written ??= writtenOf(this.parcels, this.bytes)
    return this.#written
  }

  /** Its frames in one buffer, made once. All are of this encoder. */
  joined(encoder: StreamEncoder): Uint8Array {
    if (this.#joined) return this.#joined
    this.#joined = encoder.join(this.written.frames, this.bytes)
    return this.#joined
  }

  #extendBy(parcel: Framed): Sequence {
    const next = this.#others?.get(parcel) ?? new Sequence(this, parcel)
    const before = this.#next
    if (before) {
      this.#others ??= new Map()
      this.#others.set(before.#last as Framed, before)
    }
    this.#next = next
    return next
  }
}
