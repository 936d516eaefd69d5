import { describe, expect, it } from 'vitest'
import { badStrings, closes, messages, property, untilMarker } from './expectations.js'
import { unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'
import { packet, propertyBytes, u8, u16 } from './wire.js'

const server = serverUnderTest()
const levels = [4, 5] as const

describe('SUBSCRIBE', () => {
  it.each(levels)(
    '3.1.1 [2.3.1-7 3.8.4-1 3.8.4-2 3.8.4-4 3.8.4-5 3.9.3-1 3.9.3-2] 5.0 [2.2.1-6 3.8.4-1 3.8.4-2 ' +
      '3.8.4-5 3.8.4-6 3.8.4-7 3.9.3-1 3.9.3-2]: one SUBACK of the same id, with a code for each ' +
      'filter, in order (level %d)',
    async (level) => {
      const client = await server.join({ level })
      const topic = unique('t')
      client.subscribe(
        [
          [`${topic}/a`, 1],
          [`${topic}/b`, 0],
          [`${topic}/c`, 2],
          [`${topic}/a`, 0],
        ],
        [],
        4711,
      )
      expect(await client.next('suback')).toMatchObject({ id: 4711, codes: [1, 0, 2, 0] })
      expect(await client.ping()).toEqual([])
      await client.published(`${topic}/c`, 'x')
      expect(messages(await client.ping())).toEqual([`${topic}/c x`])
    },
  )

  it.each(levels)('3.1.1 [3.8.1-1] 5.0 [3.8.1-1]: other flags than 2 close (level %d)', async (level) => {
    for (const flags of [0, 1, 3, 10]) {
      const client = await server.join({ level })
      client.send(packet(8, flags, u16(1), ...(level === 5 ? [propertyBytes()] : []), u8(0, 1, 97, 0)))
      await closes(client, 0x81)
    }
  })

  it.each(levels)('3.1.1 [3.8.3-1] 5.0 [3.8.3-1]: a filter that is not UTF-8 closes (level %d)', async (level) => {
    for (const bad of badStrings) {
      const client = await server.join({ level })
      client.subscribe([[bad, 0]])
      await closes(client, 0x81)
    }
  })

  it.each(levels)('3.1.1 [3.8.3-3] 5.0 [3.8.3-2]: no filter at all closes (level %d)', async (level) => {
    const client = await server.join({ level })
    client.subscribe([])
    await closes(client, 0x82)
  })

  it('3.1.1 [3.8.3-4]: reserved bits of the QoS byte close, and so does QoS 3', async () => {
    for (const options of [3, 4, 0x40, 0x80]) {
      const client = await server.join()
      client.subscribe([['a', options]])
      await closes(client, 0)
    }
  })

  it('5.0 [3.8.3-5 4.13.1-1]: reserved options, QoS 3 and retain handling 3 close', async () => {
    for (const [options, code] of [
      [0x40, 0x81],
      [0x80, 0x81],
      [3, 0x82],
      [0x30, 0x82],
    ] as const) {
      const client = await server.join({ level: 5 })
      client.subscribe([['a', options]])
      await closes(client, code)
    }
  })

  it.each(levels)('3.1.1 [2.3.1-1] 5.0 [2.2.1-3]: the id 0 closes (level %d)', async (level) => {
    const client = await server.join({ level })
    client.subscribe([['a', 0]], [], 0)
    await closes(client, 0x82)
  })

  it.each(levels)(
    '3.1.1 [3.8.4-3] 5.0 [3.8.4-3]: the same filter again replaces the subscription (level %d)',
    async (level) => {
      const client = await server.join({ level })
      const topic = unique('t')
      await client.subscribed(topic, 0)
      await client.subscribed(topic, 1)
      await client.published(topic, 'x')
      const got = await client.ping()
      expect(got.map(({ text, qos }) => [text, qos])).toEqual([['x', 1]])
      client.unsubscribe([topic])
      await client.next('unsuback')
      await client.published(topic, 'y')
      expect(await client.ping()).toEqual([])
    },
  )

  it('5.0 [3.8.4-3]: a new subscription id replaces the one before', async () => {
    const client = await server.join({ level: 5 })
    const topic = unique('t')
    await client.subscribed(topic, 0, [['subscriptionId', 1]])
    await client.subscribed(topic, 0, [['subscriptionId', 2]])
    await client.published(topic, 'x')
    expect((await client.ping()).map((one) => property(one, 'subscriptionId'))).toEqual([2])
    await client.subscribed(topic, 0)
    await client.published(topic, 'y')
    expect((await client.ping()).map((one) => property(one, 'subscriptionId'))).toEqual([undefined])
  })

  it.each(levels)(
    '3.1.1 [3.8.4-3] 5.0 [3.8.4-4]: no message is lost while a subscription is replaced (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(topic, 1)
      const texts = Array.from({ length: 15 }, (_, at) => `${at}`)
      for (const text of texts) {
        publisher.publish(topic, text, { qos: 1, id: Number(text) + 1 })
        subscriber.subscribe([[topic, 1]])
      }
      for (const _ of texts) await publisher.next('puback')
      expect(await untilMarker(subscriber, publisher)).toEqual(texts.map((text) => `${topic} ${text}`))
    },
  )

  it('5.0 [3.8.3-3]: with No Local a client doesn’t receive what it publishes', async () => {
    const [client, other] = [await server.join({ level: 5 }), await server.join({ level: 5 })]
    const topic = unique('t')
    await client.subscribed(topic, 4)
    await client.published(topic, 'mine')
    await other.published(topic, 'theirs')
    expect(await untilMarker(client, other)).toEqual([`${topic} theirs`])
  })

  // mosquitto 2.0.11 accepts it.
  it.skipIf(onMosquitto)('5.0 [3.8.3-4 4.13.1-1]: No Local on a shared subscription closes', async () => {
    const client = await server.join({ level: 5 })
    client.subscribe([['$share/g/t', 4]])
    await closes(client, 0x82)
  })

  it('5.0 [4.13.1-1]: the subscription id 0 closes, and so do two of them', async () => {
    for (const properties of [
      [['subscriptionId', 0]],
      [
        ['subscriptionId', 1],
        ['subscriptionId', 2],
      ],
    ] as const) {
      const client = await server.join({ level: 5 })
      client.subscribe([['a', 0]], properties)
      await closes(client, 0x82)
    }
  })

  it.each(levels)('3.1.1 [3.8.3-2] 5.0 [3.9.3-2]: filters with wildcards are supported (level %d)', async (level) => {
    const client = await server.join({ level })
    const topic = unique('t')
    client.subscribe([
      [`${topic}/+/c`, 0],
      [`${topic}/x/#`, 0],
    ])
    expect((await client.next('suback')).codes).toEqual([0, 0])
    await client.published(`${topic}/b/c`, '1')
    await client.published(`${topic}/x/y/z`, '2')
    expect(messages(await client.ping())).toEqual([`${topic}/b/c 1`, `${topic}/x/y/z 2`])
  })
})

describe('UNSUBSCRIBE', () => {
  it.each(levels)(
    '3.1.1 [2.3.1-7 3.10.4-1 3.10.4-2 3.10.4-4 3.10.4-5 3.10.4-6] 5.0 [2.2.1-6 3.10.4-1 3.10.4-2 ' +
      '3.10.4-4 3.10.4-5 3.10.4-6 3.11.3-1 3.11.3-2]: one UNSUBACK; what is equal character by ' +
      'character ends (level %d)',
    async (level) => {
      const client = await server.join({ level })
      const topic = unique('t')
      client.subscribe([
        [`${topic}/+`, 0],
        [`${topic}/b`, 0],
        [`${topic}/c`, 0],
      ])
      await client.next('suback')
      client.unsubscribe([`${topic}/+`, `${topic}/#`, `${topic}/B`, `${topic}/c`], 4712)
      const { id, codes } = await client.next('unsuback')
      expect([id, codes]).toEqual([4712, level === 5 ? [0, 0x11, 0x11, 0] : []])
      for (const end of ['a', 'b', 'c']) await client.published(`${topic}/${end}`, 'x')
      expect(await untilMarker(client, await server.join({ level }))).toEqual([`${topic}/b x`])
    },
  )

  it.each(levels)('3.1.1 [3.10.1-1] 5.0 [3.10.1-1]: other flags than 2 close (level %d)', async (level) => {
    for (const flags of [0, 1, 3, 10]) {
      const client = await server.join({ level })
      client.send(packet(10, flags, u16(1), ...(level === 5 ? [propertyBytes()] : []), u8(0, 1, 97)))
      await closes(client, 0x81)
    }
  })

  it.each(levels)('3.1.1 [3.10.3-1] 5.0 [3.10.3-1]: a filter that is not UTF-8 closes (level %d)', async (level) => {
    for (const bad of badStrings) {
      const client = await server.join({ level })
      client.unsubscribe([bad])
      await closes(client, 0x81)
    }
  })

  it.each(levels)('3.1.1 [3.10.3-2] 5.0 [3.10.3-2]: no filter at all closes (level %d)', async (level) => {
    const client = await server.join({ level })
    client.unsubscribe([])
    await closes(client, 0x82)
  })

  it.each(levels)('3.1.1 [3.10.4-3] 5.0 [3.10.4-3]: messages in flight are completed (level %d)', async (level) => {
    const options = { level, clientId: unique(), clean: false, properties: [['sessionExpiry', 600]] } as const
    const [first, publisher] = [await server.join(options), await server.join({ level })]
    const topic = unique('t')
    await first.subscribed(topic, 2)
    publisher.publish(topic, 'x', { qos: 2, id: 1 })
    await publisher.next('pubrec')
    publisher.answer('pubrel', { id: 1 })
    const { id } = await first.next('publish')
    first.unsubscribe([topic])
    await first.next('unsuback')
    await first.drop()
    const second = await server.join(options)
    expect(await second.next('publish')).toMatchObject({ id, dup: true, text: 'x' })
    second.answer('pubrec', { id })
    expect(await second.next('pubrel')).toMatchObject({ id })
    second.answer('pubcomp', { id })
    expect(await second.ping()).toEqual([])
  })
})
