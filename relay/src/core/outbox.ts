import { WildcastError } from '@wildcast/protocol'
import { Backlog } from './backlog.js'
import { FrameWriter } from './frame-writer.js'
import { type Framed, isFramed } from './framed.js'
import type { OutboxEnds, OutboxOwner, OutboxPorts } from './outbox-ports.js'
import type { FeedFacts, Outlet, Parcel, StreamEncoder } from './outlet.js'
import { watchProgress } from './progress.js'
import type { Sequence } from './sequence.js'
import type { Writer } from './turn.js'
import type { Wire } from './wire.js'

/** So much is written at once to a reader that may be slow. */
const mostAtOnce = 64 * 1024

/** Past so many bytes of answers that wait, whoever asked for them is not read from: it has heard enough to go on with. */
const pausingAnswers = 64 * 1024

/** Bytes of answers that may wait. They are never dropped: whoever asks on without reading what it is told is cut off. */
const mostAnswers = 8 * 1024 * 1024

/** A reader that has not taken a single byte for so long is cut off. */
const stuckMs = 10_000

/**
 * Everything that is sent to one client, in order. Within a turn it is gathered, and written in one
 * go at its end. While the reader is behind, or away, nothing more is written, and what is sent
 * waits in a backlog with a bound. With a window, what was written is kept until the client has
 * confirmed it, and can be written again over another connection.
 */
export class Outbox implements Outlet, Writer {
  readonly #ports: OutboxPorts
  readonly #writer: FrameWriter
  readonly #owner: OutboxOwner
  /** What was said in this turn. */
  #said: Sequence | undefined
  #backlog: Backlog | undefined
  #stopWatching: (() => void) | undefined
  /** The backlog waits until the client has confirmed something. */
  #full = false
  #resume: (() => void) | undefined
  #closed = false

  constructor(ports: OutboxPorts, encoder: StreamEncoder, { wire, owner }: OutboxEnds) {
    this.#ports = ports
    this.#writer = new FrameWriter(ports, encoder, wire)
    this.#owner = owner
  }

  get encoder(): StreamEncoder {
    return this.#writer.encoder
  }

  get behind(): boolean {
    return this.#closed || this.#backlog !== undefined
  }

  /** Whether frames are kept, or wait. */
  get holdsFrames(): boolean {
    return this.#writer.holdsFrames || this.#backlog?.isEmpty === false
  }

  get said(): Sequence | undefined {
    return this.#said
  }

  /**
   * From now on, frames are of this encoder. Only while nothing waits.
   * @param fate - `kept`: each is kept until the client has confirmed it
   */
  encodeWith(encoder: StreamEncoder, fate: 'kept' | 'sent'): void {
    this.flush()
    this.#writer.encodeWith(encoder, fate)
  }

  /** The client has handled so many frames. Returns false if it can't have. */
  confirm(count: number): boolean {
    if (!this.#writer.confirm(count)) return false
    if (this.#full && this.#backlog && this.#writer.fits(this.#backlog.nextBytes)) {
      this.#full = false
      this.#stopWatching?.()
      this.#catchUp(this.#backlog)
    }
    return true
  }

  /** What was written after the first `count` frames. Undefined if it can't be written again. */
  after(count: number): readonly Uint8Array[] | undefined {
    return this.#closed ? undefined : this.#writer.after(count)
  }

  /**
   * The client is back, over another wire, and has handled so many frames: the others are written to
   * it again, then what has waited.
   * @param hello - what is written before
   */
  attach(wire: Wire, count: number, hello: Uint8Array): void {
    this.#writer.attach(wire, count, hello)
    if (this.#backlog) this.#catchUp(this.#backlog)
  }

  /** The client may come back: until then what is said waits, within the bounds of a slow reader. */
  detach(): void {
    const said = this.#said
    this.#said = undefined
    this.#stopWatching?.()
    this.#full = false
    this.#resume = undefined // it was the old wire that was not read
    this.#writer.detach()
    const backlog = this.#backlog ?? this.#openBacklog()
    // Bounds are kept with the next that comes: the client may be about to come back.
    for (const parcel of said?.parcels ?? []) backlog.add(parcel)
  }

  /** Writes a frame that is not counted, behind what was said: it is never kept, nor written again. */
  writeUncounted(frame: Uint8Array): void {
    this.flush()
    if (!this.#closed) this.#writer.writeUncounted(frame)
  }

  deliver(parcel: Parcel): void {
    const said = this.#said
    // Nearly always another outbox has been here before, with the same.
    if (said) this.#goOn(said.followedBy(parcel) ?? this.#saidWith(said, parcel))
    else if (this.#closed) parcel.settle?.(false)
    else if (this.#backlog) this.#wait(parcel, this.#backlog)
    else this.#begin(parcel)
  }

  ended(feed: FeedFacts, error: WildcastError): void {
    this.#owner.ended(feed, error)
  }

  forget(feed: number, handled?: number): void {
    this.flush() // so that all of it has its place
    this.#writer.handBack(feed, handled)
    this.#backlog?.forget(feed)
  }

  flush(): void {
    const said = this.#said
    if (!said) return // it was closed meanwhile
    this.#said = undefined
    const writer = this.#writer
    if (said.bytes > mostAtOnce || !writer.fits(said.bytes)) this.#writePieces(said.parcels)
    else if (!writer.writeSaid(said)) this.#fallBehind()
  }

  /** Writes whatever there is, and closes: the client can't come back to it. */
  end(error: WildcastError): void {
    this.flush()
    const { wire } = this.#writer
    while (wire && this.#backlog && !this.#backlog.isEmpty) this.#writer.writeFrames(this.#backlog.take(mostAtOnce))
    wire?.end(error)
  }

  /** The client is gone for good. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stopWatching?.()
    // Others get it in order: what was not confirmed, or has not left, before what was not written.
    this.#writer.abandon()
    const said = this.#said?.parcels ?? []
    this.#said = undefined
    for (const { settle } of said) settle?.(false)
    this.#backlog?.abandon()
    this.#leaveBacklog()
  }

  #goOn(said: Sequence): void {
    this.#said = said
    // So much is written before the turn ends: nothing piles up here.
    if (said.bytes >= mostAtOnce) this.flush()
  }

  /** What the dialect has no bytes for is left out: it would be every time, so it counts as taken. */
  #saidWith(said: Sequence, parcel: Parcel): Sequence {
    if (isFramed(parcel)) return said.with(parcel)
    parcel.settle?.(true)
    return said
  }

  #begin(parcel: Parcel): void {
    if (isFramed(parcel)) this.#said = this.#ports.turn.enter(this).with(parcel)
    else parcel.settle?.(true)
  }

  #wait(parcel: Parcel, backlog: Backlog): void {
    if (isFramed(parcel)) {
      backlog.add(parcel)
      this.#keepBounds(backlog)
    } else parcel.settle?.(true)
  }

  /** What is too long to be joined, or has to wait. */
  #writePieces(parcels: readonly Framed[]): void {
    const backlog = this.#openBacklog()
    for (const parcel of parcels) backlog.add(parcel)
    this.#catchUp(backlog)
    // Only what the reader did not take is bounded.
    if (this.#backlog === backlog) this.#keepBounds(backlog)
  }

  /** From now on, what is said waits. */
  #fallBehind(): void {
    this.#waitUntilDrained(this.#openBacklog())
  }

  #openBacklog(): Backlog {
    const { backlog: limit, room, observer } = this.#ports
    const missed = ({ broker }: FeedFacts): void => observer.missed(broker)
    this.#backlog = new Backlog({ encoder: this.encoder, limit, room, missed })
    return this.#backlog
  }

  #keepBounds(backlog: Backlog): void {
    const { backlog: limit } = this.#ports
    if (!backlog.keepBound()) this.#cutOff(`${tooMuch(limit)}, or subscribe to less`)
    else if (backlog.otherBytes > this.#answersLimit)
      this.#cutOff(`${tooMuch(this.#answersLimit)} what is answered, or ask for less`)
    // While a confirmation is awaited, the client must be read from.
    else if (backlog.otherBytes > pausingAnswers && !this.#full) this.#resume ??= this.#writer.wire?.pause?.()
  }

  /** While too much waits in all outboxes, nothing makes room but the end of those for whom much waits. */
  get #answersLimit(): number {
    const { room } = this.#ports
    return room.used > room.limit ? pausingAnswers : mostAnswers
  }

  #catchUp(backlog: Backlog): void {
    while (!backlog.isEmpty) {
      if (!this.#writer.fits(backlog.nextBytes)) {
        this.#full = true
        this.#readOn()
        this.#watch()
        return
      }
      const writable = this.#writer.writeFrames(backlog.take(Math.min(mostAtOnce, this.#writer.room)))
      if (backlog.otherBytes <= pausingAnswers / 2) this.#readOn()
      if (!writable) {
        this.#waitUntilDrained(backlog)
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

  #waitUntilDrained(backlog: Backlog): void {
    const { wire } = this.#writer
    if (!wire) return
    this.#watch()
    wire.whenDrained(() => {
      if (this.#writer.wire !== wire) return
      this.#stopWatching?.()
      if (this.#backlog === backlog) this.#catchUp(backlog)
    })
  }

  /** Judges by progress alone: a slow reader is served as fast as it reads, a stuck one is not waited for. */
  #watch(): void {
    this.#stopWatching = watchProgress(this.#ports.clock, {
      progress: () => this.#writer.progress,
      ms: stuckMs,
      stuck: () => this.#stuck(),
    })
  }

  #stuck(): void {
    // A client that is not read from can't confirm: a broker may not take what it publishes.
    if (this.#full && this.#writer.wire?.paused) this.#watch()
    else this.#cutOff(`nothing was read for ${stuckMs / 1000} s; read faster, or subscribe to less`)
  }

  #cutOff(why: string): void {
    if (this.#closed) return
    this.#ports.observer.cutOff()
    const { wire } = this.#writer
    this.close()
    wire?.end(new WildcastError('slow_consumer', why))
    this.#owner.cutOff?.()
  }
}

function tooMuch(bytes: number): string {
  return `more than ${bytes} bytes wait for this reader; read faster`
}
