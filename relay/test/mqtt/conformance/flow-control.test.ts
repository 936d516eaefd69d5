import { describe, expect, it } from 'vitest'
import { closes, messages, property } from './expectations.js'
import { unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'

const server = serverUnderTest()

describe('receive maximum', () => {
  it(
    '5.0 [3.3.4-9 3.3.4-10 4.9.0-1 4.9.0-2 4.9.0-3]: no more messages with QoS 1 and 2 than it ' +
      'allows; other packets are answered; PUBACK, PUBCOMP and a refusing PUBREC free a place',
    async () => {
      const topic = unique('t')
      const client = await server.join({ level: 5, properties: [['receiveMaximum', 2]] })
      const publisher = await server.join({ level: 5 })
      await client.subscribed(topic, 2)
      await publisher.published(topic, '1')
      for (const id of [2, 3]) {
        publisher.publish(topic, `${id}`, { qos: 2, id })
        await publisher.next('pubrec')
        publisher.answer('pubrel', { id })
        await publisher.next('pubcomp')
      }
      for (const text of ['4', '5']) await publisher.published(topic, text)
      const flight = await client.ping()
      expect(messages(flight)).toEqual([`${topic} 1`, `${topic} 2`])
      client.subscribe([[unique('t'), 0]])
      await client.next('suback')
      const [one = {}, two = {}] = flight
      client.answer('puback', one)
      const three = await client.next('publish')
      expect(three.text).toBe('3')
      // mosquitto 2.0.11 sends the next one at PUBREC.
      if (onMosquitto) return
      client.answer('pubrec', two)
      await client.next('pubrel')
      expect(await client.ping()).toEqual([])
      client.answer('pubcomp', two)
      expect(await client.next('publish')).toMatchObject({ text: '4' })
      client.answer('pubrec', three, 0x80)
      expect(await client.next('publish')).toMatchObject({ text: '5' })
      expect(await client.ping()).toEqual([])
    },
  )

  // mosquitto 2.0.11 sends all at once.
  it.skipIf(onMosquitto)('5.0 [3.3.4-9]: it applies to what is sent again, too', async () => {
    const topic = unique('t')
    const options = { level: 5, clientId: unique(), clean: false } as const
    const first = await server.join({ ...options, properties: [['sessionExpiry', 600]] })
    const publisher = await server.join({ level: 5 })
    await first.subscribed(topic, 1)
    for (const text of ['1', '2', '3']) await publisher.published(topic, text)
    expect(await first.ping()).toHaveLength(3)
    await first.drop()
    const second = await server.join({
      ...options,
      properties: [
        ['sessionExpiry', 600],
        ['receiveMaximum', 1],
      ],
    })
    for (const text of ['1', '2', '3']) {
      const [got = {}, ...more] = await second.ping()
      expect([got, more]).toMatchObject([{ text, dup: true }, []])
      second.answer('puback', got)
    }
  })

  // mosquitto 2.0.11 announces no maximum.
  it.skipIf(onMosquitto)(
    '5.0 [3.3.4-7 4.13.1-1]: a client that sends more unfinished messages with QoS 2 than the ' +
      'server accepts is closed',
    async () => {
      const client = await server.join({ level: 5 })
      const most = Number(client.connack && property(client.connack, 'receiveMaximum'))
      expect(most).toBeLessThan(65_535)
      for (let id = 1; id <= most + 1; id += 1) client.publish('t', '', { qos: 2, id })
      expect((await client.rest()).at(-1)).toMatchObject({ type: 'disconnect', code: 0x93 })
    },
  )

  it('5.0 [3.3.4-8]: SUBSCRIBE, PINGREQ and QoS 0 are accepted while messages are unfinished', async () => {
    const client = await server.join({ level: 5 })
    const topic = unique('t')
    client.publish(unique('t'), 'x', { qos: 2, id: 1 })
    await client.next('pubrec')
    await client.subscribed(topic)
    client.publish(topic, 'y')
    expect(await client.next('publish')).toMatchObject({ text: 'y' })
    expect(await client.ping()).toEqual([])
    client.answer('pubrel', { id: 1 })
    await client.next('pubcomp')
    client.publish('', 'x')
    await closes(client, 0x82)
  })
})
