import type { StreamEncoder } from './outlet.js'
import { PendingWrites } from './pending-writes.js'
import type { Sequence, WrittenFrames } from './sequence.js'
import { ResumeWindow, type WindowRoom } from './window.js'
import type { Wire } from './wire.js'

/** Shared by all writers of a relay. */
export interface FrameWriterPorts {
  /** Limit of unconfirmed frames of a client that can resume, in bytes. */
  readonly resume: number
  readonly room: WindowRoom
}

/**
 * Writes the frames of one client to its wire. For a client that can resume, it keeps them until
 * they are confirmed; for others it only reports when they have left the process.
 */
export class FrameWriter {
  readonly #ports: FrameWriterPorts
  /** Absent while the client is away. */
  #wire: Wire | undefined
  #encoder: StreamEncoder
  #pendingWrites: PendingWrites | undefined
  #window: ResumeWindow | undefined

  constructor(ports: FrameWriterPorts, encoder: StreamEncoder, wire: Wire) {
    this.#ports = ports
    this.#encoder = encoder
    this.#wire = wire
  }

  get wire(): Wire | undefined {
    return this.#wire
  }

  get encoder(): StreamEncoder {
    return this.#encoder
  }

  /** Changes when the client reads or confirms. */
  get progress(): string {
    return `${this.#wire?.waiting} ${this.#window?.confirmed}`
  }

  /**
   * Sets the encoder of the frames that follow, and whether to keep them until they are confirmed.
   */
  encodeWith(encoder: StreamEncoder, frames: 'kept' | 'sent'): void {
    this.#encoder = encoder
    this.#window = frames === 'kept' ? new ResumeWindow(this.#ports.room) : undefined
  }

  /** Whether it keeps any frames. */
  get holdsFrames(): boolean {
    return (this.#window?.bytes ?? 0) > 0
  }

  /** Bytes that may be written now. A single frame may be longer if no other is kept. */
  get room(): number {
    return this.#window ? this.#ports.resume - this.#window.bytes : Number.POSITIVE_INFINITY
  }

  fits(bytes: number): boolean {
    return !this.#window || this.#window.isEmpty || bytes <= this.room
  }

  /** Writes the frames of a turn. Returns false if the reader is behind. */
  writeGathered(gathered: Sequence): boolean {
    const bytes = gathered.joined(this.#encoder)
    const wire = this.#wire
    // The common case: no frame is kept, and no outcome is awaited.
    return wire && !this.#window && !gathered.settlesAny ? wire.write(bytes) : this.write(bytes, gathered)
  }

  /**
   * Writes joined frames. Returns false if the reader is behind.
   * @param source - the frames; `written` is made only if needed
   */
  write(bytes: Uint8Array, source: { readonly written: WrittenFrames }): boolean {
    const wire = this.#wire
    if (!wire) throw new TypeError('nothing can be written while the client is away')
    if (this.#window) {
      this.#window.add(source.written)
      return wire.write(bytes)
    }
    const { outcomes } = source.written
    if (!outcomes) return wire.write(bytes)
    this.#pendingWrites ??= new PendingWrites()
    return wire.write(bytes, this.#pendingWrites.add(outcomes))
  }

  writeFrames(written: WrittenFrames): boolean {
    return this.write(this.#encoder.join(written.frames, written.bytes), { written })
  }

  /** Writes a frame without a number, which is never kept or written again. */
  writeUncounted(frame: Uint8Array): void {
    writeUncounted(this.#wire, this.#encoder.join([frame], frame.length))
  }

  /** Returns the frames after the first `count`, or undefined if they are no longer kept. */
  after(count: number): readonly Uint8Array[] | undefined {
    return this.#window?.after(count)
  }

  /** Confirms the first `count` frames. Returns false if the count is invalid. */
  confirm(count: number): boolean {
    return this.#window?.confirm(count) ?? false
  }

  /** Ends a subscription: the messages that its client has not handled are offered to others. */
  handBack(feed: number, handled: number | undefined): void {
    this.#window?.handBack(feed, handled)
  }

  /** Continues on another wire: writes `welcome`, then the frames after the first `count` again. */
  attach(wire: Wire, count: number, welcome: Uint8Array): void {
    const frames = this.#window?.after(count) ?? []
    this.#wire = wire
    writeUncounted(wire, welcome)
    this.#window?.confirm(count)
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0)
    if (bytes > 0) wire.write(this.#encoder.join(frames, bytes))
  }

  detach(): void {
    this.#wire = undefined
  }

  /** The client will not come back: offers what it may not have received to others, in order. */
  abandon(): void {
    this.#window?.abandon()
    this.#pendingWrites?.abandon()
  }
}

function writeUncounted(wire: Wire | undefined, bytes: Uint8Array): void {
  if (wire?.writeUncounted) wire.writeUncounted(bytes)
  else wire?.write(bytes)
}
