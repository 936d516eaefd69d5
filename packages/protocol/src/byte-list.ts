import { encodeUtf8, strictUtf8 } from './utf8.js'

// Byte arrays as JSON, such as [104,105]: the payload form of the classic dialect. Hand-written,
// since `JSON.stringify` takes 0.1 s per megabyte, and `JSON.parse` half of that.

const zero = 0x30
const comma = 0x2c
const bracket = 0x5d

/** The characters of each byte's number and a comma, as one little-endian word. */
const words: Uint32Array = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) =>
  [...`${byte},`].reduce((word, char, place) => word + char.charCodeAt(0) * 2 ** (8 * place), 0),
)

/** Writes bytes as the inside of a JSON array of numbers: `104,105`. */
export function writeByteList(bytes: Uint8Array): string {
  // Each word is written whole; the next one begins after its comma.
  const text = new DataView(new ArrayBuffer(4 * bytes.length + 4))
  let at = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    text.setUint32(at, words[byte] as number, true)
    at += byte < 10 ? 2 : byte < 100 ? 3 : 4
  }
  return strictUtf8.decode(new Uint8Array(text.buffer, 0, Math.max(at - 1, 0)))
}

/** A byte array within a text. */
export interface ByteList {
  /** Index of its opening bracket. */
  readonly from: number
  /** Index after its closing bracket. */
  readonly to: number
  readonly bytes: Uint8Array
}

/**
 * Length in characters of the first chunk that is encoded, and of the longest. Each chunk is twice
 * as long as the one before, so that an array that ends early, or holds something else, takes work
 * in proportion to its length.
 */
const firstChunk = 256
const longestChunk = 64 * 1024

/**
 * Reads the array of numbers from 0 to 255 whose bracket is at `from`. Returns undefined if it
 * holds anything else, or is not JSON.
 */
export function readByteList(text: string, from: number): ByteList | undefined {
  const list = new ListReader()
  let length = firstChunk
  for (let at = from + 1; at < text.length && list.open; ) {
    // Every character of such an array is one byte, so text and byte indexes agree up to its end.
    const end = list.read(encodeUtf8(text.slice(at, at + length)))
    if (end !== undefined) return { from, to: at + end + 1, bytes: list.bytes }
    at += length
    length = Math.min(2 * length, longestChunk)
  }
  return undefined
}

class ListReader {
  /** Whether this may still be an array of bytes. */
  open = true
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #count = 0
  /** The number that is being read; negative before its first digit. */
  #value = -1
  /** Whether white space has ended the number. */
  #ended = false

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#count)
  }

  /** Reads the next chunk. Returns the index of the closing bracket if the chunk has it. */
  read(text: Uint8Array): number | undefined {
    const bytes = this.#reserve(text.length)
    let [count, value, ended] = [this.#count, this.#value, this.#ended]
    this.open = false
    for (let at = 0; at < text.length; at++) {
      const unit = text[at] as number
      if (unit >= zero && unit <= zero + 9) {
        if (value === 0 || ended) return undefined // a JSON number has no leading zero
        value = (value < 0 ? 0 : value * 10) + unit - zero
        if (value > 0xff) return undefined
      } else if (unit === comma || unit === bracket) {
        if (value < 0) return undefined
        bytes[count++] = value
        if (unit === bracket) {
          this.#count = count
          return at
        }
        value = -1
        ended = false
      } else if (isSpace(unit)) ended = value >= 0
      else return undefined
    }
    this.open = true
    this.#count = count
    this.#value = value
    this.#ended = ended
    return undefined
  }

  /** Returns the buffer, grown to hold the bytes of this many more characters. */
  #reserve(characters: number): Uint8Array {
    if (this.#bytes.length < this.#count + characters) {
      const grown = new Uint8Array(2 * (this.#count + characters))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    return this.#bytes
  }
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}
