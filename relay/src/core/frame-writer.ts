import { Leaving } from './leaving.js'
import type { StreamEncoder } from './outlet.js'
import type { Sequence, WrittenFrames } from './sequence.js'
import { ResumeWindow, type WindowRoom } from './window.js'
import type { Wire } from './wire.js'

/** What the writers of a relay share. */
export interface FrameWriterPorts {
  /** Bytes of frames that a client may leave unconfirmed, if it can come back to them. */
  readonly resume: number
  readonly room: WindowRoom
}

/**
 * Writes the frames of one client to its wire. If the client can come back, they are kept until it
 * has confirmed them; else only their fate is reported, when they have left the process.
 */
export class FrameWriter {
  readonly #ports: FrameWriterPorts
  /** Absent while the client is away. */
  #wire: Wire | undefined
  #encoder: StreamEncoder
  #leaving: Leaving | undefined
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

  /** Changes if the client reads or confirms. */
  get progress(): string {
    return `${this.#wire?.waiting} ${this.#window?.confirmed}`
  }

  /**
   * From now on, frames are of this encoder, and perhaps kept until the client has confirmed them.
   */
  encodeWith(encoder: StreamEncoder, fate: 'kept' | 'sent'): void {
    this.#encoder = encoder
    this.#window = fate === 'kept' ? new ResumeWindow(this.#ports.room) : undefined
  }

  /** Whether frames are kept. */
  get holdsFrames(): boolean {
    return (this.#window?.bytes ?? 0) > 0
  }

  /** Bytes that may be written now. A single frame may be longer if nothing else is kept. */
  get room(): number {
    return this.#window ? this.#ports.resume - this.#window.bytes : Number.POSITIVE_INFINITY
  }

  fits(bytes: number): boolean {
    return !this.#window || this.#window.isEmpty || bytes <= this.room
  }

  /** Writes what was said in a turn. Returns false if the reader is behind. */
  writeSaid(said: Sequence): boolean {
    const bytes = said.joined(this.#encoder)
    const wire = this.#wire
    // Nearly always nothing is kept, and nothing waits for its fate.
    return wire && !this.#window && !said.settlesAny ? wire.write(bytes) : this.write(bytes, said)
  }

  /**
   * Writes frames that were joined already. Returns false if the reader is behind.
   * @param said - what they are, made only if it is needed
   */
  write(bytes: Uint8Array, said: { readonly written: WrittenFrames }): boolean {
    const wire = this.#wire
    if (!wire) throw new TypeError('nothing is written to a client who is away')
    if (this.#window) {
      this.#window.add(said.written)
      return wire.write(bytes)
    }
    const { fates } = said.written
    if (!fates) return wire.write(bytes)
    this.#leaving ??= new Leaving()
    return wire.write(bytes, this.#leaving.add(fates))
  }

  writeFrames(written: WrittenFrames): boolean {
    return this.write(this.#encoder.join(written.frames, written.bytes), { written })
  }

  /** Writes a frame that has no number: it is never kept, nor written again. */
  writeUncounted(frame: Uint8Array): void {
    writeAside(this.#wire, this.#encoder.join([frame], frame.length))
  }

  /** The frames after the first `count`. Undefined if they can't be had any more. */
  after(count: number): readonly Uint8Array[] | undefined {
    return this.#window?.after(count)
  }

  /** The client has handled so many frames. Returns false if it can't have. */
  confirm(count: number): boolean {
    return this.#window?.confirm(count) ?? false
  }

  /** A subscription is over: what its client has not handled of it is offered to others. */
  handBack(feed: number, handled: number | undefined): void {
    this.#window?.handBack(feed, handled)
  }

  /**
   * Over another wire, writes again what the client has not got: it has handled `count` frames.
   * @param hello - goes first, as it is
   */
  attach(wire: Wire, count: number, hello: Uint8Array): void {
    const frames = this.#window?.after(count) ?? []
    this.#wire = wire
    writeAside(wire, hello)
    this.#window?.confirm(count)
    const bytes = frames.reduce((sum, frame) => sum + frame.length, 0)
    if (bytes > 0) wire.write(this.#encoder.join(frames, bytes))
  }

  detach(): void {
    this.#wire = undefined
  }

  /** The client does not come back: what it may not have got is offered to others, in order. */
  abandon(): void {
    this.#window?.abandon()
    this.#leaving?.abandon()
  }
}

function writeAside(wire: Wire | undefined, bytes: Uint8Array): void {
  if (wire?.writeUncounted) wire.writeUncounted(bytes)
  else wire?.write(bytes)
}
