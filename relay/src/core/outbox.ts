import { WildcastError } from '@wildcast/protocol'
import { Backlog, type BacklogRoom, type Bundle } from './backlog.js'
import type { Clock } from './clock.js'
import { type Framed, isFramed } from './framed.js'
import type { Observer } from './observer.js'
import type { FeedFacts, Outlet, Parcel, Settle, StreamEncoder } from './outlet.js'
import type { Sequence } from './sequence.js'
import type { Turn, Writer } from './turn.js'

/** What an outbox writes to: a socket, or the body of a response. */
export interface Wire {
  /** Takes a buffer; `done` hears whether it left the process. False where the reader is behind: the next write shall wait for `whenDrained`. */
  write(bytes: Uint8Array, done?: Settle): boolean
  /** Runs once, as soon as all that was written has left. */
  whenDrained(run: () => void): void
  /** Bytes that were written and have not left. Another number, some time later, means that the reader reads. */
  readonly waiting: number
  /** Reads nothing more from the client until the undo is called. */
  pause?(): () => void
  /** Closes with the code and the words of an error. */
  end(error: WildcastError): void
}

/** The dialect that speaks through an outbox. */
export type OutboxOwner = Pick<Outlet, 'ended'>

/** What is at the two ends of an outbox. */
export interface OutboxEnds {
  readonly wire: Wire
  readonly owner: OutboxOwner
}

/** What the outboxes of a relay share. */
export interface OutboxPorts {
  readonly turn: Turn
  readonly clock: Clock
  /** Bytes of messages that may wait for a reader who is behind. */
  readonly backlog: number
  readonly room: BacklogRoom
  readonly observer: Pick<Observer, 'missed' | 'cutOff'>
}

/** So much is written at once to a reader that may be slow. */
const mostAtOnce = 64 * 1024

/** Past so many bytes of answers that wait, whoever asked for them is not read from: it has heard enough to go on with. */
const pausingAnswers = 64 * 1024

/** Bytes of answers that may wait. They are never dropped: whoever asks on without reading what it is told is cut off. */
const mostAnswers = 8 * 1024 * 1024

/** A reader that has not taken a single byte for so long is cut off. */
const stuckMs = 10_000

/**
 * Everything that is said to one client, in order. Within a turn it is gathered, and written in one go at its end. While the reader is behind, nothing more is written, and
 * what is said waits in a backlog with a bound.
 */
export class Outbox implements Outlet, Writer {
  readonly #ports: OutboxPorts
  /** None while its client is away. */
  #wire: Wire | undefined
  readonly #owner: OutboxOwner
  /** What was said in this turn. */
  #said: Sequence | undefined
  #backlog: Backlog | undefined
  #stopWatching: (() => void) | undefined
  #resume: (() => void) | undefined
  #closed = false
  #encoder: StreamEncoder
  /** What was written and has not left the process, in order, of what somebody hears about. */
  #leaving: Set<NonNullable<Bundle['settles']>> | undefined

  constructor(ports: OutboxPorts, encoder: StreamEncoder, { wire, owner }: OutboxEnds) {
    this.#encoder = encoder
    this.#ports = ports
    this.#wire = wire
    this.#owner = owner
  }

  /** The client is back, over another wire: what has waited is written to that, in order. */
  attach(wire: Wire): void {
    this.#wire = wire
    if (this.#backlog) this.#catchUp(this.#backlog)
  }

  /**
   * The wire is gone, and the client may come back: from now on what is said waits, within the
   * bounds for a reader who is behind.
   */
  detach(): void {
    const said = this.#said
    this.#said = undefined
    this.#stopWatching?.()
    this.#resume = undefined // it was the old wire that was not read
    this.#wire = undefined
    const backlog = this.#backlog ?? this.#openBacklog()
    for (const parcel of said?.parcels ?? []) backlog.add(parcel)
  }

  get encoder(): StreamEncoder {
    return this.#encoder
  }

  /** What was said so far is written, and from now on parcels are of another encoder. Only while nothing waits. */
  encodeWith(encoder: StreamEncoder): void {
    this.flush()
    this.#encoder = encoder
  }

  get behind(): boolean {
    return this.#closed || this.#backlog !== undefined
  }

  get said(): Sequence | undefined {
    return this.#said
  }

  deliver(parcel: Parcel): void {
    const said = this.#said
    // Nearly always another outbox has been here before, with the same.
    if (said) this.#goOn(said.followedBy(parcel) ?? this.#saidWith(said, parcel))
    else if (this.#closed) parcel.settle?.(false)
    else if (this.#backlog) this.#keep(parcel, this.#backlog)
    else this.#begin(parcel)
  }

  ended(feed: FeedFacts, error: WildcastError): void {
    this.#owner.ended(feed, error)
  }

  #goOn(said: Sequence): void {
    this.#said = said
    // Whoever was told so much need not wait for its turn: nothing piles up here.
    if (said.bytes >= mostAtOnce) this.flush()
  }

  /** Something that the dialect has no bytes for is left out: it would be every time, so it counts as taken. */
  #saidWith(said: Sequence, parcel: Parcel): Sequence {
    if (isFramed(parcel)) return said.with(parcel)
    parcel.settle?.(true)
    return said
  }

  #begin(parcel: Parcel): void {
    if (isFramed(parcel)) this.#said = this.#ports.turn.enter(this).with(parcel)
    else parcel.settle?.(true)
  }

  #keep(parcel: Parcel, backlog: Backlog): void {
    if (isFramed(parcel)) {
      backlog.add(parcel)
      this.#keepBounds(backlog)
    } else parcel.settle?.(true)
  }

  forget(feed: number): void {
    this.#backlog?.forget(feed)
  }

  flush(): void {
    const said = this.#said
    if (!said) return // it was closed meanwhile
    this.#said = undefined
    if (said.bytes > mostAtOnce) this.#writePieces(said.parcels)
    else if (!this.#write({ bytes: said.joined(this.#encoder), settles: said.settles })) this.#fallBehind()
  }

  /** Writes whatever there is, and closes. */
  end(error: WildcastError): void {
    this.flush()
    while (this.#wire && this.#backlog && !this.#backlog.isEmpty) this.#write(this.#backlog.take(mostAtOnce))
    this.#wire?.end(error)
  }

  /** The wire is gone. */
  close(): void {
    this.#closed = true
    this.#stopWatching?.()
    // Who takes it over gets it in order: what has not left comes before what was not written yet.
    const unwritten = [...(this.#leaving ?? []), this.#said?.settles ?? []].flat()
    this.#leaving = undefined
    this.#said = undefined
    for (const settle of unwritten) settle(false)
    this.#backlog?.abandon()
    this.#leaveBacklog()
  }

  /** False where the reader is behind. */
  #write({ bytes, settles }: Bundle): boolean {
    const wire = this.#wire
    if (!wire) throw new TypeError('nothing is written to a client who is away')
    if (!settles) return wire.write(bytes)
    this.#leaving ??= new Set()
    this.#leaving.add(settles)
    return wire.write(bytes, (written) => {
      if (this.#leaving?.delete(settles)) for (const settle of settles) settle(written)
    })
  }

  /** What is too long to be joined. */
  #writePieces(parcels: readonly Framed[]): void {
    const backlog = this.#openBacklog()
    for (const parcel of parcels) backlog.add(parcel)
    this.#catchUp(backlog)
    // Only what the reader did not take is bounded.
    if (this.#backlog === backlog) this.#keepBounds(backlog)
  }

  /** From now on, what is said waits. */
  #fallBehind(): void {
    this.#wait(this.#openBacklog())
  }

  #openBacklog(): Backlog {
    const { backlog: limit, room, observer } = this.#ports
    const missed = ({ broker }: FeedFacts): void => observer.missed(broker)
    this.#backlog = new Backlog({ encoder: this.#encoder, limit, room, missed })
    return this.#backlog
  }

  #keepBounds(backlog: Backlog): void {
    const { backlog: limit } = this.#ports
    if (!backlog.keepBound()) this.#cutOff(`${tooMuch(limit)}, or subscribe to less`)
    else if (backlog.otherBytes > mostAnswers) this.#cutOff(`${tooMuch(mostAnswers)} what is answered, or ask for less`)
    else if (backlog.otherBytes > pausingAnswers) this.#resume ??= this.#wire?.pause?.()
  }

  #catchUp(backlog: Backlog): void {
    while (!backlog.isEmpty) {
      const writable = this.#write(backlog.take(mostAtOnce))
      if (backlog.otherBytes <= pausingAnswers / 2) this.#readOn()
      if (!writable) {
        this.#wait(backlog)
        return
      }
    }
    this.#leaveBacklog()
  }

  #leaveBacklog(): void {
    this.#backlog = undefined
    this.#readOn()
  }

  /** Reads from the client again. */
  #readOn(): void {
    this.#resume?.()
    this.#resume = undefined
  }

  #wait(backlog: Backlog): void {
    const wire = this.#wire
    if (!wire) return
    this.#watch(wire)
    wire.whenDrained(() => {
      if (this.#wire !== wire) return
      this.#stopWatching?.()
      if (this.#backlog === backlog) this.#catchUp(backlog)
    })
  }

  /** Judges by progress alone: a slow reader is served as fast as it reads, a stuck one is not waited for. */
  #watch(wire: Wire): void {
    const { waiting } = wire
    this.#stopWatching = this.#ports.clock.after(stuckMs, () => {
      // More than before is what was written since, once the rest had left.
      if (wire.waiting !== waiting) this.#watch(wire)
      else this.#cutOff(`nothing was read for ${stuckMs / 1000} s; read faster, or subscribe to less`)
    })
  }

  #cutOff(why: string): void {
    if (this.#closed) return
    this.#ports.observer.cutOff()
    this.close()
    this.#wire?.end(new WildcastError('slow_consumer', why))
  }
}

function tooMuch(bytes: number): string {
  return `more than ${bytes} bytes wait for this reader; read faster`
}
