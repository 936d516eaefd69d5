import { front } from './connection.js'

/**
 * @typedef {object} Mark What is counted.
 * @property {Buffer} text Its first bytes.
 * @property {number} length How many bytes must have come before it counts.
 * @property {number} apart How many bytes there are at least from one to the next.
 */

/**
 * Counts a mark in what one connection receives, wherever the bytes are cut and whatever stands
 * between. Frames are not parsed: that would cost more than the server spends on them.
 */
export class MarkerReader {
  /** @type {Mark} */
  #mark
  #arrived
  #tail = Buffer.alloc(front)
  #kept = 0

  /**
   * @param {Mark} mark
   * @param {(bytes: Buffer, at: number) => void} arrived Called for each, with the place after its
   * text.
   */
  constructor(mark, arrived) {
    this.#mark = mark
    this.#arrived = arrived
  }

  /**
   * @param {Buffer} room Holds what was read from `front` on.
   * @param {number} end Where it ends.
   */
  read(room, end) {
    const { text, length, apart } = this.#mark
    const begin = front - this.#kept
    this.#tail.copy(room, begin, 0, this.#kept)
    const bytes = room.subarray(begin, end)
    let after = 0
    let stride = 0
    let at = bytes.indexOf(text)
    while (at !== -1 && at + length <= bytes.length) {
      this.#arrived(bytes, at + text.length)
      after = at + length
      // Most frames are as long as the one before, so the next mark is where it is expected. Two
      // can't lie so near that one is passed over.
      const guess = at + stride
      const next = stride > 0 && stride < 2 * apart && startsAt(bytes, text, guess) ? guess : bytes.indexOf(text, after)
      stride = next - at
      at = next
    }
    const keep = at === -1 ? Math.max(after, bytes.length - text.length + 1) : at
    this.#kept = bytes.copy(this.#tail, 0, keep)
  }
}

function startsAt(bytes, text, at) {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
  return true
}
