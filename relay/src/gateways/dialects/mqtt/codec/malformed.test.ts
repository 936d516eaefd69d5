import { expect, it } from 'vitest'
import { type Malformed, malformedFrames } from '../../../../testing/mqtt-malformed.js'
import { malformedFields } from '../../../../testing/mqtt-malformed-fields.js'
import { malformedProperties } from '../../../../testing/mqtt-malformed-properties.js'
import { MqttFault, PacketReader } from './read-packet.js'

const limits = { connectBytes: 70_000, packetBytes: 1_000_000 }

/** The outcome of reading some bytes in chunks: the reason and the packets before it. */
function outcome(chunks: readonly Uint8Array[]): string {
  const reader = new PacketReader(limits)
  let packets = 0
  try {
    for (const chunk of chunks) reader.read(chunk, () => packets++)
  } catch (error) {
    if (error instanceof MqttFault) return `0x${error.reason.toString(16)} after ${packets}`
    throw error
  }
  return `accepted after ${packets}`
}

const wanted = ({ reason, before }: Malformed): string => `0x${reason.toString(16)} after ${before}`

const kinds: readonly (readonly [string, readonly Malformed[]])[] = [
  ['frames', malformedFrames()],
  ['fields', malformedFields()],
  ['properties', malformedProperties()],
]

const all = kinds.flatMap(([, cases]) => cases)

/** The outcomes that are not as they should be. */
function unlike(cases: readonly Malformed[], read: (bytes: Uint8Array) => string): readonly string[] {
  return cases.flatMap((one) => {
    const found = read(one.bytes)
    return found === wanted(one) ? [] : [`${one.name}: ${found}, not ${wanted(one)}`]
  })
}

it.each(kinds)('all malformed %s are refused with their reason', (_, cases) => {
  expect(unlike(cases, (bytes) => outcome([bytes]))).toEqual([])
})

it(`all ${all.length} malformed packets are refused alike, however they are split`, () => {
  expect(all.length).toBeGreaterThan(2000)
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  expect(unlike(all, (bytes) => outcome([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual([])
})
