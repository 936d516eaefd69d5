import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serverPacket } from '../../../../testing/mqtt-arbitraries.js'
import { block, bytesOf, field, long, packet, word } from '../../../../testing/mqtt-bytes.js'
import { isMqttText } from './packet-output.js'
import type { MqttProperties, PublishPacket, ServerPacket } from './packets.js'
import { returnCodeOf, serverReasons } from './reasons.js'
import { type PublishStamp, PublishTemplate, writePacket } from './write-packet.js'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const properties: MqttProperties = { reasonString: 'why' }
const message: PublishPacket = {
  ...{ type: 'publish', topic: 'a/b', payload: Buffer.from('hello'), qos: 0, retain: false, dup: false },
  properties: {},
}

describe('MQTT 3', () => {
  it('has neither properties nor reasons, but in CONNACK and SUBACK', () => {
    const reasons = [0, 1, 2, 0x87, 0x8f]
    for (const version of [3, 4] as const) {
      const write = (one: ServerPacket): string => hex(writePacket(one, version))
      expect(write({ type: 'puback', id: 7, reason: 0x87, properties })).toBe(hex(packet(0x40, word(7))))
      expect(write({ type: 'unsuback', id: 7, reasons, properties })).toBe(hex(packet(0xb0, word(7))))
      expect(write({ type: 'suback', id: 7, reasons, properties })).toBe(
        hex(packet(0x90, word(7), 0, 1, 2, 0x80, 0x80)),
      )
      expect(write({ ...message, properties: { contentType: 'x' } })).toBe(hex(packet(0x30, field('a/b'), 'hello')))
    }
  })

  it('has no DISCONNECT of a server', () => {
    expect(writePacket({ type: 'disconnect', reason: 0x8e, properties }, 4)).toHaveLength(0)
  })

  it('has a return code of CONNACK for each reason (3.1.1: table 3.1)', () => {
    const codes = [...serverReasons.connack].map((reason) => [reason, returnCodeOf(reason)])
    expect(Object.fromEntries(codes)).toMatchObject({ 0: 0, 132: 1, 133: 2, 136: 3, 134: 4, 135: 5, 137: 3, 138: 5 })
    expect(new Set(codes.map(([, code]) => code))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
    const refused = { type: 'connack', sessionPresent: false, reason: 0x86, properties } as const
    expect(hex(writePacket(refused, 4))).toBe('20020004')
  })

  it('notes that a session is present since 3.1.1, and only if the client is accepted [MQTT-3.2.2-6]', () => {
    const connack = { type: 'connack', sessionPresent: true, reason: 0, properties: {} } as const
    const refused = { ...connack, reason: 0x87 }
    expect([3, 4, 5].map((version) => hex(writePacket(connack, version as 3 | 4 | 5)))).toEqual([
      '20020000',
      '20020100',
      '2003010000',
    ])
    expect([hex(writePacket(refused, 4)), hex(writePacket(refused, 5))]).toEqual(['20020005', '2003008700'])
  })
})

describe('MQTT 5', () => {
  it('has short forms without properties (3.4.2, 3.14.2)', () => {
    const write = (one: ServerPacket): string => hex(writePacket(one, 5))
    expect(write({ type: 'pubrel', id: 0x102, reason: 0, properties: {} })).toBe('62020102')
    expect(write({ type: 'pubrec', id: 1, reason: 0x97, properties: {} })).toBe('5003000197')
    expect(write({ type: 'disconnect', reason: 0, properties: {} })).toBe('e000')
    expect(write({ type: 'disconnect', reason: 0x8e, properties: {} })).toBe('e0018e')
    expect(write({ type: 'puback', id: 1, reason: 0, properties })).toBe(
      hex(packet(0x40, word(1), 0, block(0x1f, field('why')))),
    )
  })

  it('leaves out properties that the packet cannot have', () => {
    const all: MqttProperties = { willDelay: 9, sessionExpiry: 9, contentType: 'x' }
    expect(hex(writePacket({ ...message, properties: all }, 5))).toBe(
      hex(packet(0x30, field('a/b'), block(0x03, field('x')), 'hello')),
    )
  })

  it('keeps the order of user properties', () => {
    const userProperties = [
      ['b', '1'],
      ['a', ''],
      ['b', '2'],
    ] as const
    expect(hex(writePacket({ ...message, properties: { userProperties } }, 5))).toBe(
      hex(packet(0x30, field('a/b'), block(userProperties.map(([a, b]) => [0x26, field(a), field(b)])), 'hello')),
    )
  })
})

describe('a text', () => {
  it('has no U+0000 and at most 65,535 bytes', () => {
    const longest = 'é'.repeat(32_767)
    expect([isMqttText(`${longest}x`), isMqttText(`${longest}é`), isMqttText('a\0')]).toEqual([true, false, false])
    for (const topic of ['a\0', `${longest}é`]) expect(() => writePacket({ ...message, topic }, 4)).toThrow(RangeError)
    expect(writePacket({ ...message, topic: `${longest}x` }, 4)).toHaveLength(1 + 3 + 2 + 65_535 + 5)
  })

  it('is refused as binary data if it is longer', () => {
    const correlationData = new Uint8Array(65_536)
    expect(() => writePacket({ ...message, properties: { correlationData } }, 5)).toThrow(RangeError)
  })
})

describe('a template', () => {
  const properties: MqttProperties = {
    messageExpiry: 60,
    contentType: 'x',
    payloadFormat: 1,
    userProperties: [['a', 'b']],
  }

  it('is a packet of QoS 0, without the alias and the subscriptions of its publisher', () => {
    const template = new PublishTemplate(
      { ...message, qos: 2, id: 9, dup: true, retain: true, properties: { topicAlias: 1 } },
      5,
    )
    expect(hex(template.bytes)).toBe(hex(packet(0x31, field('a/b'), 0, 'hello')))
    expect(template.size).toBe(template.bytes.length)
  })

  it('stamps what a packet that is written at once has, and leaves its own bytes as they are', () => {
    for (const version of [3, 4, 5] as const)
      fc.assert(
        fc.property(serverPacket(version), (one) => {
          if (one.type !== 'publish') return
          const { topicAlias, subscriptionIds, messageExpiry } = one.properties
          const template = new PublishTemplate(
            { ...message, topic: one.topic, payload: one.payload, properties: one.properties },
            version,
          )
          const shared = hex(template.bytes)
          const stamp = { ...one, topicAlias, subscriptionIds, messageExpiry }
          expect(hex(template.stamp(stamp))).toBe(hex(writePacket(one, version)))
          expect(template.sizeOf(stamp)).toBe(template.stamp(stamp).length)
          expect(hex(template.bytes)).toBe(shared)
        }),
      )
  })

  it('has a place for an identifier, flags, subscriptions, an alias and the time that is left', () => {
    const template = new PublishTemplate({ ...message, properties }, 5)
    const fixed = [0x03, field('x'), 0x01, 1, 0x26, field('a'), field('b'), 0x02]
    const stamped = (stamp: PublishStamp): string => hex(template.stamp(stamp))
    expect(stamped({ qos: 1, id: 258 })).toBe(
      hex(packet(0x32, field('a/b'), word(258), block(...fixed, long(60)), 'hello')),
    )
    expect(
      stamped({ qos: 2, id: 1, dup: true, retain: true, messageExpiry: 7, subscriptionIds: [1, 300], topicAlias: 5 }),
    ).toBe(
      hex(
        packet(
          0x3d,
          field('a/b'),
          word(1),
          block(...fixed, long(7), 0x0b, 1, 0x0b, [0xac, 0x02], 0x23, word(5)),
          'hello',
        ),
      ),
    )
    expect(stamped({ qos: 0, topicAlias: 5, byAlias: true })).toBe(
      hex(packet(0x30, field(''), block(...fixed, long(60), 0x23, word(5)), 'hello')),
    )
  })

  it('ignores what MQTT 3 does not have', () => {
    const template = new PublishTemplate({ ...message, properties }, 4)
    const stamp = { qos: 1, id: 3, messageExpiry: 7, subscriptionIds: [1], topicAlias: 5 } as const
    expect(hex(template.stamp(stamp))).toBe(hex(packet(0x32, field('a/b'), word(3), 'hello')))
    expect(template.sizeOf(stamp)).toBe(template.stamp(stamp).length)
  })

  it('has a length of each size', () => {
    for (const size of [0, 100, 127, 128, 16_383, 16_384, 2_097_152]) {
      const payload = new Uint8Array(size).fill(7)
      const template = new PublishTemplate({ ...message, payload }, 5)
      const stamped = packet(0x32, field('a/b'), word(1), 0, payload)
      expect(packet(0x30, field('a/b'), 0, payload).equals(template.bytes)).toBe(true)
      expect(stamped.equals(template.stamp({ qos: 1, id: 1 }))).toBe(true)
    }
  })
})

it('bytes of one packet are not those of another', () => {
  const [a, b] = [1, 2].map((id) => writePacket({ type: 'puback', id, reason: 0, properties: {} }, 5))
  expect(bytesOf(a ?? [], b ?? [])).toEqual(bytesOf(packet(0x40, word(1)), packet(0x40, word(2))))
})
