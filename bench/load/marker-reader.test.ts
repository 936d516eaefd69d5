import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { front } from './connection.js'
import { MarkerReader } from './marker-reader.js'
import { payloads, shortest, timeStamps } from './time-stamp.js'

const size = 32
const payload = payloads(size)

/**
 * Counts the marks in bytes that are cut at these positions, each piece in the same memory, as with
 * sockets.
 */
function countIn(bytes: Buffer, cuts: readonly number[]): number {
  const room = Buffer.alloc(front + bytes.length, '@T=')
  let count = 0
  const reader = new MarkerReader(timeStamps(size), () => count++)
  const places = [...new Set([0, ...cuts, bytes.length])].filter((at) => at <= bytes.length).sort((a, b) => a - b)
  for (const [i, begin] of places.entries()) {
    const end = places[i + 1] ?? bytes.length
    bytes.copy(room, front, begin, end)
    reader.read(room, front + end - begin)
  }
  return count
}

describe('MarkerReader', () => {
  it('counts every payload once, with any cuts and any bytes between', () => {
    const between = fc.uint8Array({ maxLength: 80 }).filter((bytes) => !Buffer.from(bytes).includes('@'))
    fc.assert(
      fc.property(fc.array(between), fc.array(fc.nat(4000)), (gaps, cuts) => {
        const bytes = Buffer.concat(gaps.flatMap((gap) => [gap, Buffer.from(payload())]))
        expect(countIn(bytes, cuts)).toBe(gaps.length)
      }),
    )
  })

  it('does not count a payload whose time stamp is incomplete', () => {
    const bytes = Buffer.from(payload()).subarray(0, shortest - 1)
    expect(countIn(bytes, [1, 2, 3, 10])).toBe(0)
  })
})
