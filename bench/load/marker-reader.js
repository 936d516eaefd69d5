import { front } from './connection.js'

/**
 * @typedef {object} Mark The counted mark.
 * @property {Buffer} text Its first bytes.
 * @property {number} length Bytes that must have come before it counts.
 * @property {number} apart The minimum of bytes from one mark to the next.
 */

/**
 * Counts a mark in the bytes of one connection, with any cuts and any bytes between. It does not
 * parse frames: that would cost more than the server spends on them.
 */
export class MarkerReader {
  /** @type {Mark} */
  #mark
  #arrived
  #tail = Buffer.alloc(front)
  #kept = 0

  /**
   * @param {Mark} mark
   * @param {(bytes: Buffer, at: number) => void} arrived Called for each mark, with the position
   * after its text.
   */
  constructor(mark, arrived) {
    this.#mark = mark
    this.#arrived = arrived
  }

  /**
   * @param {Buffer} room Contains the read bytes, from `front` on.
   * @param {number} end Their end.
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
      // Most frames are as long as the one before, so guess the position of the next mark. Marks
      // are too far apart for the guess to skip one.
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
