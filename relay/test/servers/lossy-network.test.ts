import { buffer } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { lossyNetwork } from './lossy-network.js'

const network = { bytesPerMs: 1400, delayMs: [1, 5], lostOf: 10, repeatMs: 10 } as const
const sent = Buffer.from(Array.from({ length: 30 * 1400 }, (_, i) => i % 251))

it.each([1, 2, 3])(
  'a lossy network carries all bytes in order, then the end, and loses one packet in ten on the way (seed %i)',
  async (seed) => {
    const lossy = lossyNetwork({ seed, ...network })
    const lane = lossy.lane()
    for (let from = 0; from < sent.length; from += 7_000) lane.write(sent.subarray(from, from + 7_000))
    lane.end()
    expect((await buffer(lane)).equals(sent)).toBe(true)
    expect(lossy.lost).toBe(3)
  },
)
