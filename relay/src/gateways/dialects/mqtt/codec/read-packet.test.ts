import { describe, expect, it } from 'vitest'
import {
  block,
  bytesOf,
  connectBytes,
  field,
  packet,
  readAfterConnect,
  readAll,
  word,
} from '../../../../testing/mqtt-bytes.js'
import type { ClientPacket } from './packets.js'
import { MqttFault, PacketReader } from './read-packet.js'

const limits = { connectBytes: 100, packetBytes: 1000 }
const ping = packet(0xc0)
const typesOf = (packets: readonly ClientPacket[]): readonly string[] => packets.map(({ type }) => type)

/** The fault with which a reader refuses a chunk. */
function faultOf(reader: PacketReader, chunk: Uint8Array): MqttFault {
  try {
    reader.read(chunk, () => {})
  } catch (error) {
    if (error instanceof MqttFault) return error
    throw error
  }
  throw new Error('The chunk was accepted')
}

/** The bytes that are kept after some work. */
function memoryOf(work: () => void): number {
  const used = (): number => process.memoryUsage().arrayBuffers
  const before = used()
  work()
  return used() - before
}

describe('a stream', () => {
  it('may have several packets in a chunk', () => {
    expect(typesOf(readAll([bytesOf(connectBytes(4), ping, ping)]))).toEqual(['connect', 'pingreq', 'pingreq'])
  })

  it('passes on the packets before a fault, and nothing after it', () => {
    const reader = new PacketReader(limits)
    const packets: ClientPacket[] = []
    const take = (one: ClientPacket): number => packets.push(one)
    expect(() => reader.read(bytesOf(connectBytes(5), ping, 0x36, 0, ping), take)).toThrow(MqttFault)
    reader.read(ping, take)
    expect(typesOf(packets)).toEqual(['connect', 'pingreq'])
  })

  it('ends with DISCONNECT [MQTT-3.14.4-1]', () => {
    expect(typesOf(readAfterConnect(5, bytesOf(packet(0xe0), ping, 0xff)))).toEqual(['disconnect'])
  })

  it('ends when the gateway asks for it, within a chunk, too', () => {
    const reader = new PacketReader(limits)
    const packets: ClientPacket[] = []
    reader.read(bytesOf(connectBytes(4), ping, ping, 0xff), (one) => {
      packets.push(one)
      if (one.type === 'pingreq') reader.end()
    })
    reader.read(ping, (one) => packets.push(one))
    expect(typesOf(packets)).toEqual(['connect', 'pingreq'])
  })

  it('has a version from the protocol level on, even if the CONNECT is refused', () => {
    const reader = new PacketReader(limits)
    expect(reader.version).toBeUndefined()
    expect(faultOf(reader, connectBytes(5, { flags: 3 })).reason).toBe(0x81)
    expect(reader.version).toBe(5)
  })

  it('has no version if the protocol level is unknown [MQTT-3.1.2-2]', () => {
    const reader = new PacketReader(limits)
    expect(faultOf(reader, packet(0x10, field('MQTT'), 6)).reason).toBe(0x84)
    expect(reader.version).toBeUndefined()
  })
})

describe('limits', () => {
  it('are another for the first packet', () => {
    const connect = connectBytes(4, { rest: field('c'.repeat(limits.connectBytes)) })
    expect(faultOf(new PacketReader(limits), connect).reason).toBe(0x95)
    const reader = new PacketReader(limits)
    reader.read(connectBytes(4), () => {})
    reader.read(packet(0x30, field('a'), 'x'.repeat(limits.connectBytes)), () => {})
    expect(faultOf(reader, packet(0x30, field('a'), 'x'.repeat(limits.packetBytes))).reason).toBe(0x95)
  })

  it('count the whole packet', () => {
    const largest = packet(0x30, field('a'), 'x'.repeat(limits.packetBytes - 6))
    expect(largest).toHaveLength(limits.packetBytes)
    const reader = new PacketReader(limits)
    reader.read(connectBytes(4), () => {})
    reader.read(largest, () => {})
    expect(faultOf(reader, packet(0x30, field('a'), 'x'.repeat(limits.packetBytes - 5))).reason).toBe(0x95)
  })

  it('are checked before the packet has arrived: 256 MB that are announced take no memory', () => {
    const announced = bytesOf(0x10, 0xff, 0xff, 0xff, 0x7f)
    expect(memoryOf(() => expect(faultOf(new PacketReader(limits), announced).reason).toBe(0x95))).toBeLessThan(100_000)
  })

  it('take memory for bytes that have arrived, not for those that are announced', () => {
    const announced = bytesOf(connectBytes(4), 0x30, 0x80, 0x80, 0x40, field('a'), 'x'.repeat(100))
    const many = Array.from({ length: 100 }, () => new PacketReader({ connectBytes: 100, packetBytes: 2 ** 21 }))
    const taken = memoryOf(() => {
      for (const reader of many) for (const byte of announced) reader.read(Uint8Array.of(byte), () => {})
    })
    expect(many).toHaveLength(100)
    expect(taken).toBeLessThan(200_000)
  })

  it('a large packet that arrives byte by byte is read', () => {
    const payload = 'x'.repeat(20_000)
    const bytes = packet(0x30, field('a'), payload)
    const [found] = readAfterConnect(4, ...[...bytes].map((byte) => Uint8Array.of(byte)))
    expect(found).toMatchObject({ topic: 'a', payload: new Uint8Array(Buffer.from(payload)) })
  })
})

describe('a payload', () => {
  it('is a view of its chunk if it is a good part of it', () => {
    const chunk = packet(0x30, field('a'), 'x'.repeat(100))
    const [found] = readAfterConnect(4, new Uint8Array(chunk))
    expect(found?.type === 'publish' && found.payload.buffer.byteLength).toBe(chunk.length)
  })

  it('is a copy if it is a small part: keeping it does not keep the chunk', () => {
    const one = packet(0x30, field('a'), 'x'.repeat(100))
    const [found] = readAfterConnect(4, bytesOf(...Array<Buffer>(10).fill(one)))
    expect(found?.type === 'publish' && found.payload.buffer.byteLength).toBe(100)
  })
})

describe('MQTT 3.1', () => {
  it('allows DUP on PUBREL, SUBSCRIBE, UNSUBSCRIBE and on QoS 0', () => {
    const packets = [
      packet(0x6a, word(1)),
      packet(0x8a, word(1), field('a'), 0),
      packet(0xaa, word(1), field('a')),
      packet(0x38, field('a')),
    ]
    expect(typesOf(readAfterConnect(3, ...packets))).toEqual(['pubrel', 'subscribe', 'unsubscribe', 'publish'])
  })

  it('allows flags of a user and a password that are missing, and any value of unused flags', () => {
    expect(readAll([connectBytes(3, { flags: 0xc2 })])).toMatchObject([{ clientId: 'c' }])
    expect(readAll([connectBytes(3, { flags: 0xc2, rest: [field('c'), field('u')] })])).toMatchObject([{ user: 'u' }])
    expect(readAll([connectBytes(3, { flags: 0x3b })])).toMatchObject([{ cleanStart: true }])
  })

  it('has client ids of any length', () => {
    const clientId = 'c'.repeat(65_000)
    expect(readAll([connectBytes(3, { rest: field(clientId) })])).toMatchObject([{ clientId }])
  })
})

describe('MQTT 5', () => {
  it('allows a password without a user', () => {
    const [found] = readAll([connectBytes(5, { flags: 0x42, rest: [field('c'), field('secret')] })])
    expect(found).toMatchObject({ password: new Uint8Array(Buffer.from('secret')) })
    expect(found).not.toHaveProperty('user')
  })

  it('has short forms of acknowledgements, DISCONNECT and PUBLISH by alias', () => {
    const packets = [
      packet(0x40, word(1)),
      packet(0x40, word(1), 0x10),
      packet(0x40, word(1), 0x10, 0),
      packet(0x30, field(''), block(0x23, word(3)), 'x'),
      packet(0xe0, 0x04),
    ]
    expect(readAfterConnect(5, ...packets)).toMatchObject([
      { type: 'puback', id: 1, reason: 0, properties: {} },
      { type: 'puback', id: 1, reason: 0x10, properties: {} },
      { type: 'puback', id: 1, reason: 0x10, properties: {} },
      { type: 'publish', topic: '', properties: { topicAlias: 3 } },
      { type: 'disconnect', reason: 4, properties: {} },
    ])
  })

  it('keeps the order of user properties and repeated names', () => {
    const pairs = [
      ['b', '1'],
      ['a', ''],
      ['b', '1'],
      ['__proto__', 'x'],
    ] as const
    const properties = block(...pairs.map(([name, value]) => [0x26, field(name), field(value)]))
    expect(readAfterConnect(5, packet(0x30, field('t'), properties))).toMatchObject([
      { properties: { userProperties: pairs } },
    ])
  })

  it('refuses integers that are longer than they need to be [MQTT-1.5.5-1]', () => {
    for (const length of [
      [0x83, 0x00],
      [0x83, 0x80, 0x00],
    ])
      expect(() => readAfterConnect(5, packet(0x30, field('a'), ...length, 0x23, word(1), 'x'))).toThrow(MqttFault)
    expect(() => readAfterConnect(5, bytesOf(0x30, 0x88, 0x80, 0x00, field('a'), 3, 0x23, word(1), 'x'))).toThrow(
      MqttFault,
    )
  })

  it('keeps a byte order mark [MQTT-1.5.4-3]', () => {
    expect(readAfterConnect(5, packet(0x30, field('\ufeffa'), 0))).toMatchObject([{ topic: '\ufeffa' }])
  })
})
