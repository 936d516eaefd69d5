import fc from 'fast-check'
import { generate, parser } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { clientPacket, serverPacket } from '../../../../testing/mqtt-arbitraries.js'
import { connectBytes, readAfterConnect, readAll } from '../../../../testing/mqtt-bytes.js'
import { type Foreign, foreign } from '../../../../testing/mqtt-foreign.js'
import type { ClientPacket, MqttVersion } from './packets.js'
import { writePacket } from './write-packet.js'

// mqtt-packet reads what this codec writes, and the other way round.

const numRuns = process.env.WILDCAST_LONG === '1' ? 20_000 : 500
const versions: readonly MqttVersion[] = [3, 4, 5]

/** The packet as mqtt-packet reads it. */
function parsed(bytes: Uint8Array, protocolVersion: MqttVersion): Foreign {
  const found: Foreign[] = []
  const reader = parser({ protocolVersion })
  reader.on('packet', (packet) => found.push(Object.fromEntries(Object.entries(packet))))
  reader.on('error', (error) => {
    throw error
  })
  expect(reader.parse(Buffer.from(bytes))).toBe(0)
  expect(found).toHaveLength(1)
  return found[0] ?? {}
}

/** Of the fields that mqtt-packet adds, those of our form. */
function like(packet: Foreign, wanted: Foreign): Foreign {
  return Object.fromEntries(
    Object.entries(packet).filter(([name, value]) => name in wanted || (name === 'properties' && value !== undefined)),
  )
}

/** The same in MQTT 3. */
function withoutReasons({ reasonCode, granted, ...packet }: Foreign): Foreign {
  if (packet.cmd === 'connack') return { ...packet, returnCode: reasonCode }
  return packet.cmd === 'suback' ? { ...packet, granted } : packet
}

function readOne(packet: ClientPacket, version: MqttVersion): ClientPacket {
  const bytes = generate(foreign(packet) as never, { protocolVersion: version } as never)
  const packets = packet.type === 'connect' ? readAll([bytes]) : readAfterConnect(version, bytes)
  expect(packets).toHaveLength(1)
  return packets[0] as ClientPacket
}

describe.each(versions)('version %i', (version) => {
  it('a packet that mqtt-packet writes is read', () => {
    fc.assert(
      fc.property(clientPacket(version), (packet) => {
        expect(readOne(packet, version)).toEqual(packet)
      }),
      { numRuns },
    )
  })

  it('mqtt-packet reads a packet that is written', () => {
    fc.assert(
      fc.property(serverPacket(version), (packet) => {
        const wanted = version === 5 ? foreign(packet) : withoutReasons(foreign(packet))
        const found = parsed(writePacket(packet, version), version)
        expect(like(found, wanted)).toEqual(wanted)
      }),
      { numRuns },
    )
  })
})

it('a packet is read alike wherever it is split', () => {
  for (const version of versions)
    for (const packet of fc.sample(clientPacket(version), { numRuns: 15, seed: 7 })) {
      const bytes = generate(foreign(packet) as never, { protocolVersion: version } as never)
      const stream = packet.type === 'connect' ? bytes : Buffer.concat([connectBytes(version), bytes, bytes])
      const whole = readAll([stream])
      for (let at = 1; at < stream.length; at++)
        expect(readAll([stream.subarray(0, at), stream.subarray(at)])).toEqual(whole)
      expect(readAll([...stream].map((byte) => Uint8Array.of(byte)))).toEqual(whole)
    }
})
