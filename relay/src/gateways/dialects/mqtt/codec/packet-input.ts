import { decodeUtf8 } from '@wildcast/protocol'
import { malformed } from './fault.js'

const noBytes = new Uint8Array(0)

/** A shorter part of its buffer is copied, so that keeping it does not keep all of the buffer. */
const keptShare = 1 / 4

/** Reads the fields of a packet (1.5). */
export class PacketInput {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #end = 0

  /** Begins with the bytes of a packet, which lie between two offsets of a buffer. */
  open(bytes: Buffer, from: number, to: number): void {
    this.#bytes = bytes
    this.#at = from
    this.#end = to
  }

  /** The bytes that are left. */
  get rest(): number {
    return this.#end - this.#at
  }

  /** Ends after the next bytes, so that no field crosses it. Returns the end of the packet. */
  narrow(length: number): number {
    const end = this.#end
    if (length > this.rest) throw malformed('the properties are longer than the packet')
    this.#end = this.#at + length
    return end
  }

  /** Ends with the packet again. */
  widen(end: number): void {
    this.#end = end
  }

  byte(): number {
    return this.#bytes[this.#skip(1)] as number
  }

  word(): number {
    const at = this.#skip(2)
    return ((this.#bytes[at] as number) << 8) | (this.#bytes[at + 1] as number)
  }

  long(): number {
    return this.#bytes.readUInt32BE(this.#skip(4))
  }

  /** A variable byte integer, of at most four bytes, and as few as possible [MQTT-1.5.5-1]. */
  varint(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte === 0 && shift > 0) throw malformed('an integer has more bytes than it needs')
      if (byte < 0x80) return value
    }
    throw malformed('an integer has more than four bytes')
  }

  /** A UTF-8 string: well-formed [MQTT-1.5.4-1], without U+0000 [MQTT-1.5.4-2]. */
  text(): string {
    const length = this.word()
    const at = this.#skip(length)
    const bytes = this.#bytes
    for (let i = at; i < at + length; i++) {
      const byte = bytes[i] as number
      if (byte >= 0x80) return this.#utf8(at, length)
      if (byte === 0) throw malformed('a string has U+0000')
    }
    return bytes.toString('latin1', at, at + length)
  }

  #utf8(at: number, length: number): string {
    const text = decodeUtf8(this.#bytes.subarray(at, at + length))
    if (text === undefined) throw malformed('a string is not UTF-8')
    if (text.includes('\0')) throw malformed('a string has U+0000')
    return text
  }

  /** Binary data, with its length before it. */
  binary(): Uint8Array {
    return this.blob(this.word())
  }

  /** Bytes without a length: a view if they are a good part of their buffer. */
  blob(length: number): Uint8Array {
    const at = this.#skip(length)
    if (length === 0) return noBytes
    const { buffer, byteOffset } = this.#bytes
    const view = new Uint8Array(buffer, byteOffset + at, length)
    return length < buffer.byteLength * keptShare ? view.slice() : view
  }

  /** Passes `count` bytes. Returns the offset of the first. */
  #skip(count: number): number {
    const at = this.#at
    if (count > this.#end - at) throw malformed('a packet ends within a field')
    this.#at = at + count
    return at
  }
}
