import { encodeUtf8 } from './utf8.js'

// https://github.com/msgpack/msgpack/blob/master/spec.md

/** Longest text that is written unit by unit; for longer ones the platform's encoder is faster. */
const shortText = 64

/**
 * Writes MessagePack value by value, for the frames that a relay writes most often. Reusable:
 * `take` starts the next value.
 */
export class MessagePackWriter {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024)
  #at = 0

  /** Writes the head of a map of up to 15 entries. */
  map(entries: number): this {
    return this.#byte(0x80 | entries)
  }

  /** Writes the head of an array. */
  array(values: number): this {
    if (values < 0x10) return this.#byte(0x90 | values)
    return values < 0x10000 ? this.#byte(0xdc).#number(values, 2) : this.#byte(0xdd).#number(values, 4)
  }

  /** Writes an array of numbers from 0 to 255. */
  byteList(bytes: Uint8Array): this {
    this.array(bytes.length).#reserve(2 * bytes.length)
    const written = this.#bytes
    let at = this.#at
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number
      if (byte >= 0x80) written[at++] = 0xcc
      written[at++] = byte
    }
    this.#at = at
    return this
  }

  textOrNil(text: string | null): this {
    return text === null ? this.#byte(0xc0) : this.text(text)
  }

  uint(value: number): this {
    if (value < 0x80) return this.#byte(value)
    if (value < 0x100000000) return this.#byte(0xce).#number(value, 4)
    return this.#byte(0xcf).#number(value, 8)
  }

  text(text: string): this {
    if (text.length <= shortText && this.#ascii(text)) return this
    const bytes = encodeUtf8(text)
    if (bytes.length < 0x20) this.#byte(0xa0 | bytes.length)
    else this.#sized(0xd9, bytes.length)
    return this.raw(bytes)
  }

  bin(bytes: Uint8Array): this {
    return this.#sized(0xc4, bytes.length).raw(bytes)
  }

  /** Writes bytes that are MessagePack already. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
    return this
  }

  /** Returns the bytes written since the last call. */
  take(): Uint8Array<ArrayBuffer> {
    const written = this.#bytes.slice(0, this.#at)
    this.#at = 0
    return written
  }

  /** Writes an ASCII text. Returns false, with nothing written, if a unit is not ASCII. */
  #ascii(text: string): boolean {
    const start = this.#at
    if (text.length < 0x20) this.#byte(0xa0 | text.length)
    else this.#sized(0xd9, text.length)
    this.#reserve(text.length)
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit >= 0x80) {
        this.#at = start
        return false
      }
      this.#bytes[this.#at++] = unit
    }
    return true
  }

  /** Writes a tag with a length of 1, 2 or 4 bytes. The tags of the three sizes are consecutive. */
  #sized(tag: number, length: number): this {
    if (length < 0x100) return this.#byte(tag).#byte(length)
    if (length < 0x10000) return this.#byte(tag + 1).#number(length, 2)
    return this.#byte(tag + 2).#number(length, 4)
  }

  #number(value: number, size: number): this {
    this.#reserve(size)
    for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256))
      this.#bytes[this.#at + i] = rest % 256
    this.#at += size
    return this
  }

  #byte(byte: number): this {
    this.#reserve(1)
    this.#bytes[this.#at++] = byte
    return this
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const grown = new Uint8Array(2 * (this.#at + bytes))
    grown.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = grown
  }
}
