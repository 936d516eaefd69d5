import type { Framed } from './framed.js'
import type { StreamEncoder } from './outlet.js'

/** Frames that are written in one go, in order. Shared by all clients that are sent the same. */
export interface WrittenFrames {
  readonly frames: readonly Uint8Array[]
  /** Of all the frames. */
  readonly bytes: number
  /** What waits for the fate of each frame. Absent if nothing waits for any. */
  readonly fates?: readonly (AwaitedFate | undefined)[] | undefined
  /** How many windows hold it. */
  holders: number
}

/** What waits for the fate of a message. */
export interface AwaitedFate {
  /** The subscription that it belongs to. */
  readonly feed: number | undefined
  readonly settle: NonNullable<Framed['settle']>
}

/** @param bytes - of all of them */
export function writtenOf(parcels: readonly Framed[], bytes: number): WrittenFrames {
  const frames = parcels.map((parcel) => parcel.bytes)
  const any = parcels.some(({ settle }) => settle !== undefined)
  return any ? { frames, bytes, fates: parcels.map(fateOf), holders: 0 } : { frames, bytes, holders: 0 }
}

function fateOf({ feed, settle }: Framed): AwaitedFate | undefined {
  return settle && { feed: feed?.id, settle }
}

/**
 * What was said to somebody within a turn, in order. Those who were told the same share one
 * sequence, and with it the buffer in which it is joined: each sequence knows those that go on from
 * it, so that equal ways lead to the same one.
 */
export class Sequence {
  readonly frames: number
  /** Of all its frames. */
  readonly bytes: number
  /** Whether anything waits for the fate of its frames. */
  readonly settlesAny: boolean
  readonly #before: Sequence | undefined
  readonly #last: Framed | undefined
  /** The one that was gone on to most recently: nearly always the one that is asked for next. */
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

  /** What somebody has gone on to with the same frame most recently. */
  followedBy(parcel: object): Sequence | undefined {
    const next = this.#next
    return next !== undefined && next.#last === parcel ? next : undefined
  }

  /** This one, and a frame more. */
  with(parcel: Framed): Sequence {
    return this.followedBy(parcel) ?? this.#turnTo(parcel)
  }

  get parcels(): readonly Framed[] {
    const parcels: Framed[] = []
    for (let at: Sequence | undefined = this; at; at = at.#before) if (at.#last) parcels.push(at.#last)
    return parcels.reverse()
  }

  /** Its frames alone: it does not keep alive what others were sent in the same turn. */
  get written(): WrittenFrames {
    this.#written ??= writtenOf(this.parcels, this.bytes)
    return this.#written
  }

  /** In one buffer, made once. All its frames are of this encoder. */
  joined(encoder: StreamEncoder): Uint8Array {
    if (this.#joined) return this.#joined
    this.#joined = encoder.join(this.written.frames, this.bytes)
    return this.#joined
  }

  #turnTo(parcel: Framed): Sequence {
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
