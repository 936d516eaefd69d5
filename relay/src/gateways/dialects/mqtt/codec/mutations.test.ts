import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { expect, it } from 'vitest'
import { clientPacket } from '../../../../testing/mqtt-arbitraries.js'
import { connectBytes } from '../../../../testing/mqtt-bytes.js'
import { foreign } from '../../../../testing/mqtt-foreign.js'
import type { MqttVersion } from './packets.js'
import { MqttFault, PacketReader } from './read-packet.js'

// `WILDCAST_LONG=1` reads 100,000 mutations; MQTT_SEED repeats a run.

const mutations = process.env.WILDCAST_LONG === '1' ? 100_000 : 10_000
const seed = Number(process.env.MQTT_SEED ?? Date.now() % 1_000_000)
const limits = { connectBytes: 70_000, packetBytes: 100_000 }

/** Memory may grow by compiled code, whatever the number of mutations. */
const growth = 8 * 1024 * 1024

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** The bytes in use. */
function used(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Streams of a CONNECT and three packets. */
function streams(version: MqttVersion): readonly Buffer[] {
  const packets = fc
    .sample(clientPacket(version), { numRuns: 300, seed })
    .map((packet) => generate(foreign(packet) as never, { protocolVersion: version } as never))
  return packets.map((one, at) =>
    Buffer.concat([connectBytes(version), one, packets[(at * 7) % packets.length] ?? one, one]),
  )
}

/** A generator of 32-bit numbers (mulberry32): fast-check's would keep each value to shrink it. */
function randomly(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Changes, removes, adds and repeats bytes at one to four places. */
function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let result = Buffer.from(bytes)
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const [at, to] = [random(result.length), random(result.length)]
    const kind = random(5)
    if (kind === 0) result[at] = random(256)
    else if (kind === 1) result[at] = (result[at] ?? 0) ^ (1 << random(8))
    else if (kind === 2) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + random(3))])
    else if (kind === 3) result = Buffer.concat([result.subarray(0, at), Buffer.of(random(256)), result.subarray(at)])
    else result = Buffer.concat([result.subarray(0, Math.max(at, to)), result.subarray(Math.min(at, to))])
    if (result.length === 0) result = Buffer.of(random(256))
  }
  return result
}

/** Reads bytes in two chunks. Returns the reason of the fault, or undefined. */
function reasonOf(bytes: Buffer, at: number): number | undefined {
  const reader = new PacketReader(limits)
  try {
    reader.read(bytes.subarray(0, at), () => {})
    reader.read(bytes.subarray(at), () => {})
    return undefined
  } catch (error) {
    if (error instanceof MqttFault) return error.reason
    throw error
  }
}

it(`of ${mutations} mutated streams each is read or refused, and memory is flat (MQTT_SEED=${seed})`, () => {
  const random = randomly(seed)
  const valid = ([3, 4, 5] as const).flatMap(streams)
  const counts = new Map<number | undefined, number>()
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const bytes = mutated(valid[random(valid.length)] ?? Buffer.of(0), random)
      const reason = reasonOf(bytes, random(bytes.length + 1))
      counts.set(reason, (counts.get(reason) ?? 0) + 1)
    }
  }
  run(mutations / 5)
  const before = used()
  run(mutations)
  expect(used() - before).toBeLessThan(growth)
  // Some are still valid, and each kind of fault is found.
  expect([...counts.keys()]).toEqual(expect.arrayContaining([undefined, 0x81, 0x82, 0x84, 0x95]))
})
