import { describe, expect, it } from 'vitest'
import { mqttRelay } from './mqtt-relay.js'
import { connected, facts, rawMqtt } from './raw-mqtt.js'

const text = (value: string): number[] => [value.length >> 8, value.length & 255, ...Buffer.from(value)]
/** A packet with a short body. */
const packet = (first: number, ...body: number[]): number[] => [first, body.length, ...body]
const publish5 = (topic: string, ...properties: number[]): number[] =>
  packet(0x30, ...text(topic), properties.length, ...properties)

describe('a connected client that sends', () => {
  it.each<[string, number[], number]>([
    ['QoS 3', packet(0x36, ...text('a'), 0, 1, 0), 0x81],
    ['packet id 0', packet(0x32, ...text('a'), 0, 0, 0), 0x82],
    ['packet type 0', packet(0x00), 0x82],
    ['a reserved flag', packet(0xc1), 0x81],
    ['a second CONNECT', packet(0x10, ...text('MQTT'), 5, 2, 0, 0, 0, ...text('x')), 0x82],
    ['AUTH', packet(0xf0), 0x82],
    ['a topic with U+0000', publish5('a\0b'), 0x81],
    ['a topic with a wildcard', publish5('a/+'), 0x90],
    ['an empty topic without an alias', publish5(''), 0x82],
    ['a property twice', publish5('a', 1, 0, 1, 0), 0x82],
    ['an unknown property', publish5('a', 0x7f, 0), 0x81],
    ['a length of five bytes', [0x30, 0xff, 0xff, 0xff, 0xff, 1], 0x81],
    ['256 MB', [0x30, 0xff, 0xff, 0xff, 0x7f], 0x95],
    ['a subscription without a filter', packet(0x82, 0, 1, 0), 0x82],
    ['a shared subscription with No Local', packet(0x82, 0, 1, 0, ...text('$share/g/a'), 4), 0x82],
  ])('%s is disconnected with its reason (G1, G2, G3)', async (_, bytes, reason) => {
    const relay = await mqttRelay()
    const one = await connected(relay.port, { level: 5 })
    one.bytes(...bytes)
    const [last] = (await one.closed()).map(facts)
    expect(last).toMatchObject({ cmd: 'disconnect' })
    const { reasonCode } = last as { reasonCode: number }
    // A malformed packet may be a protocol error, too.
    expect([reason, 0x81, 0x82]).toContain(reasonCode)
    expect((await connected(relay.port)).connack.returnCode).toBe(0)
    expect(relay.errors).toEqual([])
  })

  it('invalid filters is refused or disconnected, and the relay lives (G1)', async () => {
    const { port } = await mqttRelay()
    for (const filter of ['a/#/b', 'a+', '', '$share//x', '$share/g', '$share/g/', '/'.repeat(65_535)]) {
      const one = await connected(port, { level: 5 })
      const length = filter.length + 6
      const size = length < 128 ? [length] : [(length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14]
      one.bytes(0x82, ...size, 0, 1, 0, filter.length >> 8, filter.length & 255, filter, 0)
      const answer = await one.next()
      expect(answer.granted ?? [answer.reasonCode]).toEqual([
        expect.toSatisfy((code) => [0x81, 0x82, 0x8f].includes(code)),
      ])
    }
  })
})

it('a client that announces 25 MB before CONNECT is closed at once, and takes no memory (G3)', async () => {
  const { port } = await mqttRelay()
  const before = process.memoryUsage().rss
  for (let i = 0; i < 50; i++) {
    const one = rawMqtt(port)
    one.bytes(0x10, 0x80, 0x80, 0x80, 0x0c)
    await one.closed()
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
})
