import type { WildcastError } from './errors.js'
import { limits } from './limits.js'
import { refusal } from './refusal.js'
import { decodeUtf8 } from './utf8.js'

const refuse = (why: string): WildcastError => refusal('invalid_frame', `the frame is not plain MessagePack: ${why}`)

/** Longer arrays of numbers from 0 to 255 become bytes. */
const longList = 256

/** This many numbers from 0 to 255 count as one value. */
const numbersOfValue = 16

/**
 * Longest text, such as a key or a subject, that is read byte by byte; for longer ones the
 * platform's decoder is faster.
 */
const shortText = 32

/**
 * Parses MessagePack from an untrusted peer: exactly one complete value, no extension types, valid
 * UTF-8 in strings, strings as keys, no length beyond the frame's end, no nesting past
 * `limits.depth`, at most `limits.values` values. Byte strings are views of the input, not copies.
 * A long array of numbers from 0 to 255 is a payload: it becomes bytes. A leading U+FEFF stays in a
 * string.
 * @throws {WildcastError} `invalid_frame`, or `too_large` if there are too many values
 */
export function parseMessagePack(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.value(0)
  if (reader.rest > 0) throw refuse('bytes follow its value')
  return value
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0
  #values = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Bytes not read yet. */
  get rest(): number {
    return this.#bytes.length - this.#at
  }

  /** Reads the next value, which is nested in `depth` arrays and maps. */
  value(depth: number): unknown {
    const tag = this.#uint(1)
    if (tag <= 0x7f) return tag
    if (tag <= 0x8f) return this.#map(tag & 0x0f, depth)
    if (tag <= 0x9f) return this.#array(tag & 0x0f, depth)
    if (tag <= 0xbf) return this.#text(tag & 0x1f)
    if (tag >= 0xe0) return tag - 0x100
    if (tag === 0xc0) return null
    if (tag === 0xc2 || tag === 0xc3) return tag === 0xc3
    if (tag >= 0xc4 && tag <= 0xc6) return this.#take(this.#uint(1 << (tag - 0xc4)))
    if (tag === 0xca || tag === 0xcb) return this.#float(tag === 0xca ? 4 : 8)
    if (tag >= 0xcc && tag <= 0xcf) return this.#uint(1 << (tag - 0xcc))
    if (tag >= 0xd0 && tag <= 0xd3) return this.#int(1 << (tag - 0xd0))
    if (tag >= 0xd9 && tag <= 0xdb) return this.#text(this.#uint(1 << (tag - 0xd9)))
    if (tag === 0xdc || tag === 0xdd) return this.#array(this.#uint(2 << (tag - 0xdc)), depth)
    if (tag === 0xde || tag === 0xdf) return this.#map(this.#uint(2 << (tag - 0xde)), depth)
    throw refuse('it holds an extension type or the byte 0xC1')
  }

  #array(count: number, depth: number): unknown[] | Uint8Array {
    this.#enter(count, depth)
    const bytes = this.#byteList(count)
    if (bytes && count > longList) return bytes
    this.#count(bytes ? count / numbersOfValue : count)
    if (bytes) return Array.from(bytes)
    const array: unknown[] = []
    for (let i = 0; i < count; i++) array.push(this.value(depth + 1))
    return array
  }

  /**
   * Reads an array of numbers from 0 to 255. Returns undefined, with nothing read, if it holds
   * anything else.
   */
  #byteList(count: number): Uint8Array | undefined {
    const source = this.#bytes
    const bytes = new Uint8Array(count)
    let at = this.#at
    for (let i = 0; i < count; i++) {
      const tag = source[at++] as number
      if (tag <= 0x7f) bytes[i] = tag
      else if (tag === 0xcc) bytes[i] = source[at++] as number
      else return undefined
    }
    if (at > source.length) throw refuse('it ends too early')
    this.#at = at
    return bytes
  }

  /** Counts the values of an array or a map before any of them is built. */
  #count(values: number): void {
    this.#values += 1 + values
    if (this.#values > limits.values)
      throw refusal('too_large', `the frame has more than ${limits.values} values; put them into the payload`)
  }

  #map(count: number, depth: number): Record<string, unknown> {
    this.#enter(2 * count, depth)
    this.#count(count)
    const map: Record<string, unknown> = {}
    for (let i = 0; i < count; i++) {
      const key = this.value(depth + 1)
      if (typeof key !== 'string') throw refuse('a key is not a string')
      if (key === '__proto__') throw refuse('a key is "__proto__"')
      map[key] = this.value(depth + 1)
    }
    return map
  }

  /**
   * Refuses an impossible count and too deep nesting before anything is built: each value takes at
   * least one byte.
   */
  #enter(values: number, depth: number): void {
    this.#need(values)
    if (depth >= limits.depth) throw refuse(`it is nested deeper than ${limits.depth}`)
  }

  #text(count: number): string {
    return (count <= shortText ? this.#ascii(count) : undefined) ?? this.#utf8(count)
  }

  /** Reads an ASCII text. Returns undefined, with nothing read, if a byte is not ASCII. */
  #ascii(count: number): string | undefined {
    this.#need(count)
    let text = ''
    for (let i = 0; i < count; i++) {
      const byte = this.#bytes[this.#at + i] as number
      if (byte >= 0x80) return undefined
      text += String.fromCharCode(byte)
    }
    this.#at += count
    return text
  }

  #utf8(count: number): string {
    const text = decodeUtf8(this.#take(count))
    if (text === undefined) throw refuse('a string is not UTF-8')
    return text
  }

  /** Above 2^53 the result is rounded, and no field of a frame accepts it. */
  #uint(size: number): number {
    this.#need(size)
    let value = 0
    for (const end = this.#at + size; this.#at < end; this.#at++)
      value = value * 256 + (this.#bytes[this.#at] as number)
    return value
  }

  #int(size: number): number {
    if (size === 8) return this.#int(4) * 2 ** 32 + this.#uint(4)
    const value = this.#uint(size)
    return value < 2 ** (8 * size - 1) ? value : value - 2 ** (8 * size)
  }

  #float(size: 4 | 8): number {
    const { buffer, byteOffset } = this.#take(size)
    const view = new DataView(buffer, byteOffset, size)
    return size === 4 ? view.getFloat32(0) : view.getFloat64(0)
  }

  #take(count: number): Uint8Array {
    this.#need(count)
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  #need(count: number): void {
    if (count > this.rest) throw refuse('it ends too early')
  }
}
