// RFC 6455, section 5.2.
const final = 0x80
const compressed = 0x40
const opcode = 0x0f
const control = 0x08
const masked = 0x80
const maskBytes = 4

/** The most bytes that a compressed one expands to (RFC 1951: 258 in two bits). */
const inflation = 1032

/** The bytes that ws keeps for each part of a message besides its data. */
const continuationOverhead = 256

/**
 * Measures how much of an incomplete message has come. It parses the frames of a client without
 * reading payloads, and ignores control frames.
 */
export class MessageMeter {
  #completed = 0
  readonly #longest: number
  /** Bytes of the complete frames of this message. */
  #message = 0
  #continuations = 0
  #compressed = false
  /** Bytes of the current frame, and how many are missing once its head is complete. */
  #frame = 0
  #toCome = 0
  // Of the head.
  #first = 0
  #masked = false
  #lengthBytes = 0
  #length = 0

  /** @param longest - bytes of the longest message, which limits a decompressed one */
  constructor(longest: number) {
    this.#longest = longest
  }

  /** Received bytes of the incomplete message, including a frame's head. */
  get received(): number {
    return this.#message + this.#frame
  }

  /** The most memory that the incomplete message may take, in bytes. */
  get unfinished(): number {
    const frames = this.#compressed ? Math.min(this.#message * inflation, this.#longest) : this.#message
    return frames + this.#continuations * continuationOverhead + this.#frame
  }

  /** Returns how many messages are complete with this chunk. */
  read(chunk: Uint8Array): number {
    this.#completed = 0
    let at = 0
    while (at < chunk.length) {
      if (this.#toCome === 0) this.#readHead(chunk[at++] as number)
      else {
        const taken = Math.min(this.#toCome, chunk.length - at)
        at += taken
        this.#frame += taken
        this.#toCome -= taken
        if (this.#toCome === 0) this.#endFrame()
      }
    }
    return this.#completed
  }

  #readHead(byte: number): void {
    const place = this.#frame++
    if (place === 0) {
      this.#first = byte
      return
    }
    if (place === 1) this.#readLength(byte)
    else this.#length = this.#length * 256 + byte
    if (place < 1 + this.#lengthBytes) return
    this.#toCome = this.#length + (this.#masked ? maskBytes : 0)
    if (this.#toCome === 0) this.#endFrame()
  }

  #readLength(byte: number): void {
    const short = byte & 0x7f
    this.#masked = (byte & masked) !== 0
    this.#lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0
    this.#length = this.#lengthBytes > 0 ? 0 : short
  }

  #endFrame(): void {
    if (!(this.#first & control)) {
      this.#compressed ||= (this.#first & compressed) !== 0
      this.#message += this.#frame
      if (!(this.#first & opcode)) this.#continuations++
      if (this.#first & final) {
        this.#completed++
        this.#message = 0
        this.#continuations = 0
        this.#compressed = false
      }
    }
    this.#frame = 0
  }
}

/** The meters of all clients. Clients with nothing to measure share one. */
export class MessageMeters {
  readonly #longest: number
  #spare: MessageMeter | undefined

  /** @param longest - bytes of the longest message */
  constructor(longest: number) {
    this.#longest = longest
  }

  take(): MessageMeter {
    const meter = this.#spare ?? new MessageMeter(this.#longest)
    this.#spare = undefined
    return meter
  }

  /** @param meter - a meter without an incomplete message */
  giveBack(meter: MessageMeter): void {
    this.#spare = meter
  }
}
