/**
 * Limit of the values that are examined, which takes a few milliseconds. A frame of a sane client
 * has fewer.
 */
const maxValues = 100_000

/**
 * Finds the `ref` in MessagePack that can't be parsed or is not a frame: the first one directly in
 * the body of a kind. Reads the bytes once, from their start, and builds nothing from them. Returns
 * undefined if it is missing, or after too many values.
 */
export function refInMessagePack(bytes: Uint8Array): number | undefined {
  const skimmer = new Skimmer(bytes)
  for (let kinds = skimmer.map(); kinds > 0 && skimmer.more; kinds--) {
    skimmer.skip()
    for (let fields = skimmer.map(); fields > 0 && skimmer.more; fields--) {
      const isRef = skimmer.isRef()
      skimmer.skip()
      const value = skimmer.skip()
      if (isRef && value !== undefined) return value
    }
  }
  return undefined
}

/** Skips values of every type, also those that no frame may hold. */
class Skimmer {
  readonly #bytes: Uint8Array
  #at = 0
  #values = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get more(): boolean {
    return this.#at < this.#bytes.length && this.#values < maxValues
  }

  /**
   * Enters the map at this position and returns its number of entries. Skips any other value, and
   * returns 0.
   */
  map(): number {
    const tag = this.#bytes[this.#at] ?? 0xc0
    if ((tag & 0xf0) !== 0x80 && tag !== 0xde && tag !== 0xdf) {
      this.skip()
      return 0
    }
    return this.#head() / 2
  }

  /** Whether the string "ref" is at this position, in its shortest form. */
  isRef(): boolean {
    const [tag, r, e, f] = this.#bytes.subarray(this.#at, this.#at + 4)
    return tag === 0xa3 && r === 0x72 && e === 0x65 && f === 0x66
  }

  /**
   * Skips a value with everything nested in it. Returns the value if it is a whole number from 0 to
   * 2^53 − 1.
   */
  skip(): number | undefined {
    const tag = this.#bytes[this.#at] ?? 0xc0
    const start = this.#at + 1
    for (let values = 1; values > 0 && this.more; values--) values += this.#head()
    if (this.#at > this.#bytes.length || this.#values >= maxValues) return undefined
    const number = this.#number(tag, start)
    return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined
  }

  #number(tag: number, start: number): number | undefined {
    if (tag <= 0x7f) return tag
    if (tag >= 0xcc && tag <= 0xcf) return this.#uint(start, 1 << (tag - 0xcc))
    if (tag !== 0xca && tag !== 0xcb) return undefined
    const { buffer, byteOffset } = this.#bytes
    const view = new DataView(buffer, byteOffset + start)
    return tag === 0xca ? view.getFloat32(0) : view.getFloat64(0)
  }

  /** Skips the head of a value, and its bytes. Returns the number of values nested in it. */
  #head(): number {
    const tag = this.#bytes[this.#at++] as number
    this.#values++
    if (tag <= 0x7f || tag >= 0xe0 || (tag >= 0xc0 && tag <= 0xc3)) return 0
    if (tag <= 0x8f) return 2 * (tag & 0x0f)
    if (tag <= 0x9f) return tag & 0x0f
    if (tag <= 0xbf) return this.#pass(tag & 0x1f)
    if (tag <= 0xc6) return this.#pass(this.#length(1 << (tag - 0xc4)))
    if (tag <= 0xc9) return this.#pass(1 + this.#length(1 << (tag - 0xc7)))
    if (tag <= 0xcb) return this.#pass(tag === 0xca ? 4 : 8)
    if (tag <= 0xd3) return this.#pass(1 << ((tag - 0xcc) & 3))
    if (tag <= 0xd8) return this.#pass(1 + (1 << (tag - 0xd4)))
    if (tag <= 0xdb) return this.#pass(this.#length(1 << (tag - 0xd9)))
    return (tag >= 0xde ? 2 : 1) * this.#length(2 << (tag & 1))
  }

  #pass(bytes: number): 0 {
    this.#at += bytes
    return 0
  }

  #length(size: number): number {
    const length = this.#uint(this.#at, size)
    this.#at += size
    return length
  }

  #uint(start: number, size: number): number {
    let value = 0
    for (let at = start; at < start + size; at++) value = value * 256 + (this.#bytes[at] ?? 0)
    return value
  }
}
