import { WildcastError } from '@wildcast/protocol'
import { Backlog } from './backlog.js'
import { FrameWriter } from './frame-writer.js'
import { type Framed, isFramed } from './framed.js'
import { mostAnswers, mostAtOnce, pausingAnswers, stuckMs, tooMuch } from './outbox-limits.js'
import type { OutboxEnds, OutboxOwner, OutboxPorts } from './outbox-ports.js'
import type { FeedFacts, Outlet, Parcel, StreamEncoder } from './outlet.js'
import { watchProgress } from './progress.js'
import type { Sequence } from './sequence.js'
import type { Writer } from './turn.js'
import type { Wire } from './wire.js'

/**
 * The frames for one client, in order, gathered during a turn and written at once at its end. While
 * the reader is behind or away, they wait in a bounded backlog. With a window, written frames are
 * kept until the client has confirmed them, and can be written again on another connection.
 */
export class Outbox implements Outlet, Writer {
  readonly #ports: OutboxPorts
  readonly #writer: FrameWriter
  readonly #owner: OutboxOwner
  /** The frames of this turn. */
  #gathered: Sequence | undefined
  #backlog: Backlog | undefined
  #stopWatching: (() => void) | undefined
  /** Whether the backlog waits until the client has confirmed frames. */
  #awaitsConfirmation = false
  /** Ends the pause of reading from the client. */
  #endPause: (() => void) | undefined
  /** Callbacks for when it is no longer behind. */
  #whenCaughtUp: (() => void)[] = []
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

  /** Whether frames are kept or wait. */
  get holdsFrames(): boolean {
    return this.#writer.holdsFrames || this.#backlog?.isEmpty === false
  }

  get gathered(): Sequence | undefined {
    return this.#gathered
  }

  /** Sets the encoder of later frames, and whether to keep them. Nothing may wait yet. */
  encodeWith(encoder: StreamEncoder, frames: 'kept' | 'sent'): void {
    this.flush()
    this.#writer.encodeWith(encoder, frames)
  }

  /** Confirms the first `count` frames. Returns false if the count is invalid. */
  confirm(count: number): boolean {
    if (!this.#writer.confirm(count)) return false
    if (this.#awaitsConfirmation && this.#backlog && this.#writer.fits(this.#backlog.nextBytes)) {
      this.#awaitsConfirmation = false
      this.#stopWatching?.()
      this.#catchUp(this.#backlog)
    }
    return true
  }

  /** Returns the frames after the first `count`; undefined if they can't be written again. */
  after(count: number): readonly Uint8Array[] | undefined {
    return this.#closed ? undefined : this.#writer.after(count)
  }

  /**
   * The client is back on another wire and has handled `count` frames: writes `welcome`, the later
   * frames again, then the backlog.
   */
  attach(wire: Wire, count: number, welcome: Uint8Array): void {
    this.#writer.attach(wire, count, welcome)
    if (this.#backlog) this.#catchUp(this.#backlog)
  }

  /** The client may come back: until then frames wait, within the bounds of a slow reader. */
  detach(): void {
    const gathered = this.#gathered
    this.#gathered = undefined
    this.#stopWatching?.()
    this.#awaitsConfirmation = false
    this.#endPause = undefined // the pause was of the old wire
    this.#writer.detach()
    const backlog = this.#backlog ?? this.#openBacklog()
    // Limits are checked with the next frame: the client may be about to come back.
    for (const parcel of gathered?.parcels ?? []) backlog.add(parcel)
  }

  /** Writes an uncounted frame after those of this turn: it is never kept or written again. */
  writeUncounted(frame: Uint8Array): void {
    this.flush()
    if (!this.#closed) this.#writer.writeUncounted(frame)
  }

  deliver(parcel: Parcel): void {
    const gathered = this.#gathered
    // Usually another outbox has gathered the same frames before.
    if (gathered) this.#setGathered(gathered.followedBy(parcel) ?? this.#append(gathered, parcel))
    else if (this.#closed) parcel.settle?.(false)
    else if (this.#backlog) this.#enqueue(parcel, this.#backlog)
    else this.#begin(parcel)
  }

  whenCaughtUp(run: () => void): void {
    if (!this.#closed) this.#whenCaughtUp.push(run)
  }

  ended(feed: FeedFacts, error: WildcastError): void {
    this.#owner.ended(feed, error)
  }

  forget(feed: number, handled?: number): void {
    this.flush() // so that its frames are in the window or the backlog
    this.#writer.handBack(feed, handled)
    this.#backlog?.forget(feed)
  }

  flush(): void {
    const gathered = this.#gathered
    if (!gathered) return // it was closed meanwhile
    this.#gathered = undefined
    const writer = this.#writer
    if (gathered.bytes > mostAtOnce || !writer.fits(gathered.bytes)) this.#writePieces(gathered.parcels)
    else if (!writer.writeGathered(gathered)) this.#fallBehind()
  }

  /** Writes what waits, and closes the wire: the client can't come back to this outbox. */
  end(error: WildcastError): void {
    this.flush()
    const { wire } = this.#writer
    while (wire && this.#backlog && !this.#backlog.isEmpty) this.#writer.writeFrames(this.#backlog.take(mostAtOnce))
    wire?.end(error)
  }

  /** The client will not come back. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stopWatching?.()
    // Offered to others in order: frames that may not have arrived, then unwritten ones.
    this.#writer.abandon()
    const gathered = this.#gathered?.parcels ?? []
    this.#gathered = undefined
    for (const { settle } of gathered) settle?.(false)
    this.#backlog?.abandon()
    this.#leaveBacklog()
  }

  #setGathered(gathered: Sequence): void {
    this.#gathered = gathered
    // Written before the turn ends, so that nothing piles up here.
    if (gathered.bytes >= mostAtOnce) this.flush()
  }

  /** A parcel that the dialect can't encode counts as taken: no retry would help. */
  #append(gathered: Sequence, parcel: Parcel): Sequence {
    if (isFramed(parcel)) return gathered.with(parcel)
    parcel.settle?.(true)
    return gathered
  }

  #begin(parcel: Parcel): void {
    if (isFramed(parcel)) this.#gathered = this.#ports.turn.enter(this).with(parcel)
    else parcel.settle?.(true)
  }

  #enqueue(parcel: Parcel, backlog: Backlog): void {
    if (isFramed(parcel)) {
      backlog.add(parcel)
      this.#keepBounds(backlog)
    } else parcel.settle?.(true)
  }

  /** Writes frames that are too long for one write, or must wait. */
  #writePieces(parcels: readonly Framed[]): void {
    const backlog = this.#openBacklog()
    for (const parcel of parcels) backlog.add(parcel)
    this.#catchUp(backlog)
    // Limits apply only to what the reader did not take.
    if (this.#backlog === backlog) this.#keepBounds(backlog)
  }

  /** From now on, frames wait. */
  #fallBehind(): void {
    this.#waitUntilDrained(this.#openBacklog())
  }

  #openBacklog(): Backlog {
    const { backlog: limit, room } = this.#ports
    const missed = (feed: FeedFacts, messages: 0 | 1): void => this.#missed(feed, messages)
    this.#backlog = new Backlog({ encoder: this.encoder, limit, room, missed })
    return this.#backlog
  }

  #missed(feed: FeedFacts, messages: 0 | 1): void {
    if (messages > 0) this.#ports.observer.missed(feed.broker)
    this.#owner.missed?.(feed)
  }

  #keepBounds(backlog: Backlog): void {
    const { backlog: limit } = this.#ports
    if (!backlog.keepBound()) this.#cutOff(`${tooMuch(limit)}, or subscribe to less`)
    else if (backlog.otherBytes > this.#answersLimit)
      this.#cutOff(`${tooMuch(this.#answersLimit)}, or send fewer requests`)
    // While a confirmation is awaited, the relay must read from the client.
    else if (backlog.otherBytes > pausingAnswers && !this.#awaitsConfirmation)
      this.#endPause ??= this.#writer.wire?.pause?.()
  }

  /** Lower while all outboxes hold too much: only cutting off clients frees memory then. */
  get #answersLimit(): number {
    const { room } = this.#ports
    return room.used > room.limit ? pausingAnswers : mostAnswers
  }

  #catchUp(backlog: Backlog): void {
    while (!backlog.isEmpty) {
      if (!this.#writer.fits(backlog.nextBytes)) {
        this.#awaitsConfirmation = true
        this.#resumeReading()
        this.#watch()
        return
      }
      const writable = this.#writer.writeFrames(backlog.take(Math.min(mostAtOnce, this.#writer.room)))
      if (backlog.otherBytes <= pausingAnswers / 2) this.#resumeReading()
      if (!writable) {
        this.#waitUntilDrained(backlog)
        return
      }
    }
    this.#leaveBacklog()
  }

  #leaveBacklog(): void {
    this.#backlog = undefined
    this.#resumeReading()
    if (this.#whenCaughtUp.length === 0) return
    const waiting = this.#whenCaughtUp
    this.#whenCaughtUp = []
    if (!this.#closed) for (const run of waiting) run()
  }

  #resumeReading(): void {
    this.#endPause?.()
    this.#endPause = undefined
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

  /** Cuts off a stuck reader, never a slow one that makes progress. */
  #watch(): void {
    this.#stopWatching = watchProgress(this.#ports.clock, {
      progress: () => this.#writer.progress,
      ms: stuckMs,
      stuck: () => this.#stuck(),
    })
  }

  #stuck(): void {
    // A client can't confirm while reading is paused: a broker may be slow to take its publishes.
    if (this.#awaitsConfirmation && this.#writer.wire?.paused) this.#watch()
    else this.#cutOff(`nothing was read for ${stuckMs / 1000} s; read faster, or subscribe to less`)
  }

  /** Ends the connection, and drops what still waits: the client must not or can't get it. */
  revoked(error: WildcastError): void {
    if (this.#closed) return
    const { wire } = this.#writer
    this.close()
    wire?.end(error)
    this.#owner.cutOff?.()
  }

  #cutOff(why: string): void {
    if (!this.#closed) this.#ports.observer.cutOff()
    this.revoked(new WildcastError('slow_consumer', why))
  }
}
