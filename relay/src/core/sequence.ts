import type { Framed } from './framed.js'
import type { StreamEncoder } from './outlet.js'

/**
 * What was said to somebody within a turn, in order. Those who were told the same share one sequence, and with it the buffer in which it is joined: each sequence
 * knows those that go on from it, so that equal ways lead to the same one.
 */
export class Sequence {
  readonly frames: number
  /** Of all its frames. */
  readonly bytes: number
  readonly #before: Sequence | undefined
  readonly #last: Framed | undefined
  /** Whether somebody hears what becomes of its frames. */
  readonly settlesAny: boolean
  /** The one that was gone on to most recently: nearly always the one that is asked for next. */
  #next: Sequence | undefined
  #others: Map<Framed, Sequence> | undefined
  #joined: Uint8Array | undefined

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

  /** In one buffer, made once. All its frames are of this encoder. */
  joined(encoder: StreamEncoder): Uint8Array {
    if (this.#joined) return this.#joined
    const frames = this.parcels.map(({ bytes }) => bytes)
    this.#joined = encoder.join(frames, this.bytes)
    return this.#joined
  }

  /** Whoever hears whether its frames were written. */
  get settles(): readonly NonNullable<Framed['settle']>[] | undefined {
    return this.settlesAny ? this.parcels.flatMap(({ settle }) => settle ?? []) : undefined
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
