import { describe, expect, it } from 'vitest'
import { closes, messages, untilMarker } from './expectations.js'
import { unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'

const server = serverUnderTest()

describe('shared subscriptions', () => {
  it('5.0 [4.8.2-1 4.8.2-3]: each message goes to one of the clients, with the QoS of its subscription', async () => {
    const [one, two, other, publisher] = [
      await server.join({ level: 5 }),
      await server.join({ level: 5 }),
      await server.join({ level: 5 }),
      await server.join({ level: 5 }),
    ]
    const topic = unique('t')
    for (const client of [one, two])
      expect((await client.subscribed(`$share/${topic}/${topic}/+`, 1)).codes).toEqual([1])
    await other.subscribed(`$share/other/${topic}/+`, 0)
    const texts = Array.from({ length: 10 }, (_, at) => `${at}`)
    for (const text of texts) await publisher.published(`${topic}/a`, text)
    const shares = [await one.ping(), await two.ping()]
    for (const share of shares) expect(new Set(share.map(({ qos }) => qos))).toEqual(new Set([1]))
    expect(messages(shares.flat()).sort()).toEqual(texts.map((text) => `${topic}/a ${text}`))
    const all = await other.ping()
    expect(all.map(({ text, qos }) => [text, qos])).toEqual(texts.map((text) => [text, 0]))
  })

  // mosquitto 2.0.11 accepts some of them.
  it.skipIf(onMosquitto)(
    '5.0 [4.8.2-1 4.8.2-2]: a share without a name, with a wildcard in its name or without a filter is refused',
    async () => {
      for (const filter of ['$share//t', '$share/g', '$share/g/', '$share/a+/t', '$share/#/t', '$share/+/t']) {
        const client = await server.join({ level: 5 })
        client.subscribe([[filter, 0]])
        const answer = await client.take()
        if (answer?.type === 'suback') expect(answer.codes).toEqual([0x8f])
        else expect([undefined, 'disconnect']).toContain(answer?.type)
      }
    },
  )

  // mosquitto 2.0.11 sends them.
  it.skipIf(onMosquitto)('5.0 [3.3.1-9]: retained messages are not sent to shared subscriptions', async () => {
    const client = await server.join({ level: 5 })
    const topic = unique('t')
    await client.published(topic, 'x', { retain: true })
    await client.subscribed(`$share/g/${topic}`)
    expect(messages(await client.ping())).toEqual([])
  })

  it('5.0 [3.10.4-1 3.10.4-2]: UNSUBSCRIBE ends a share; the next client gets all', async () => {
    const [one, two] = [await server.join({ level: 5 }), await server.join({ level: 5 })]
    const topic = unique('t')
    for (const client of [one, two]) await client.subscribed(`$share/g/${topic}`, 0)
    one.unsubscribe([`$share/g/${topic}`])
    expect((await one.next('unsuback')).codes).toEqual([0])
    for (const text of ['1', '2', '3']) await one.published(topic, text)
    expect(messages(await two.ping())).toEqual(['1', '2', '3'].map((text) => `${topic} ${text}`))
    expect(await one.ping()).toEqual([])
  })

  it(
    '5.0 [4.8.2-4 4.8.2-5]: a message with QoS 2 in flight is completed with its client when it is ' +
      'back, and is not given to another one',
    async () => {
      const session = { level: 5, clientId: unique(), clean: false, properties: [['sessionExpiry', 600]] } as const
      const [one, publisher] = [await server.join(session), await server.join({ level: 5 })]
      const topic = unique('t')
      await one.subscribed(`$share/g/${topic}`, 2)
      publisher.publish(topic, 'x', { qos: 2, id: 1 })
      await publisher.next('pubrec')
      publisher.answer('pubrel', { id: 1 })
      const { id } = await one.next('publish')
      const two = await server.join({ level: 5 })
      await two.subscribed(`$share/g/${topic}`, 2)
      await one.drop()
      expect(await untilMarker(two, publisher)).toEqual([])
      const again = await server.join(session)
      expect(await again.next('publish')).toMatchObject({ text: 'x', id, dup: true })
      again.answer('pubrec', { id })
      await again.next('pubrel')
      again.answer('pubcomp', { id })
      expect(await untilMarker(two, publisher)).toEqual([])
    },
  )

  it('5.0 [4.8.2-6]: a message that a client refuses is given to no other one', async () => {
    const [one, two, publisher] = [
      await server.join({ level: 5 }),
      await server.join({ level: 5 }),
      await server.join({ level: 5 }),
    ]
    const topic = unique('t')
    await one.subscribed(`$share/g/${topic}`, 1)
    await publisher.published(topic, 'x')
    const { id } = await one.next('publish')
    await two.subscribed(`$share/g/${topic}`, 1)
    one.answer('puback', { id }, 0x83)
    expect(await one.ping()).toEqual([])
    expect(await untilMarker(two, publisher)).toEqual([])
  })

  it('5.0 [4.8.2-2 4.7.3-2]: a share whose name has U+0000 closes', async () => {
    const client = await server.join({ level: 5 })
    client.subscribe([[Buffer.from('$share/a\u0000b/t'), 0]])
    await closes(client, 0x81)
  })
})
