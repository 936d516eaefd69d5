import { describe, expect, it } from 'vitest'
import { messages, untilMarker } from './expectations.js'
import { dial, type RawClient, unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'
import { connect, type Level, packet } from './wire.js'

const server = serverUnderTest()
const levels = [4, 5] as const

/** A client that is subscribed to a topic of its own. */
async function listener(level: Level, qos = 0): Promise<{ witness: RawClient; topic: string }> {
  const witness = await server.join({ level })
  const topic = unique('w')
  await witness.subscribed(topic, qos)
  return { witness, topic }
}

describe('wills', () => {
  it.each(levels)(
    '3.1.1 [3.1.2-8 3.1.2-9 3.1.2-14 3.1.3-1 3.1.3-3] 5.0 [3.1.2-7 3.1.2-8 3.1.2-9 3.1.2-12 3.1.3-1 ' +
      '3.1.3-3]: when the connection is lost, the will is published, with its QoS (level %d)',
    async (level) => {
      for (const qos of [0, 1, 2]) {
        const { witness, topic } = await listener(level, 2)
        const client = await server.join({
          level,
          will: { topic, payload: `gone ${qos}`, qos },
          user: 'u',
          password: 'p',
        })
        await client.drop()
        expect(await witness.next('publish')).toMatchObject({
          topic,
          text: `gone ${qos}`,
          qos,
          retain: false,
          dup: false,
        })
      }
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.2-10 3.1.2-12 3.14.4-3] 5.0 [3.1.2-10 3.14.4-3]: not after a DISCONNECT, and never twice (level %d)',
    async (level) => {
      const { witness, topic } = await listener(level)
      const clientId = unique()
      await (await server.join({ level, clientId, will: { topic, payload: '1' } })).left()
      await (await server.join({ level, clientId, will: { topic, payload: '2' } })).drop()
      expect(await witness.next('publish')).toMatchObject({ text: '2' })
      await (await server.join({ level, clientId })).drop()
      expect(await untilMarker(witness, await server.join({ level }))).toEqual([])
    },
  )

  it.each(levels)('3.1.1 [3.1.2-8] 5.0 [3.1.2-8]: after a protocol error (level %d)', async (level) => {
    const { witness, topic } = await listener(level)
    const client = await server.join({ level, will: { topic, payload: 'bad' } })
    client.send(packet(0, 0))
    expect(await witness.next('publish')).toMatchObject({ text: 'bad' })
    await client.rest()
  })

  it.each(levels)('3.1.1 [3.1.2-8] 5.0 [3.1.2-8]: after a take-over by a clean start (level %d)', async (level) => {
    const { witness, topic } = await listener(level)
    const clientId = unique()
    const client = await server.join({ level, clientId, will: { topic, payload: 'taken' } })
    await server.join({ level, clientId })
    expect(await witness.next('publish')).toMatchObject({ text: 'taken' })
    await client.rest()
  })

  it.each(levels)(
    '3.1.1 [3.1.2-8 3.1.2-24] 5.0 [3.1.2-8 3.1.2-22 3.2.2-22]: after 1.5 times the keep-alive ' +
      'without a packet the connection is closed, as if the line were lost (level %d)',
    async (level) => {
      const { witness, topic } = await listener(level)
      const client = await server.join({ level, keepAlive: 1, will: { topic, payload: 'silent' } })
      expect(await witness.next('publish')).toMatchObject({ text: 'silent' })
      const rest = await client.rest()
      expect(rest.filter(({ type }) => type !== 'disconnect')).toEqual([])
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.2-16 3.1.2-17] 5.0 [3.1.2-14 3.1.2-15]: it is retained if its flag is set (level %d)',
    async (level) => {
      const { witness, topic } = await listener(level)
      await (await server.join({ level, will: { topic, payload: '1' } })).drop()
      expect(await witness.next('publish')).toMatchObject({ text: '1', retain: false })
      await witness.subscribed(topic)
      expect(await witness.ping()).toEqual([])
      await (await server.join({ level, will: { topic, payload: '2', retain: true } })).drop()
      expect(await witness.next('publish')).toMatchObject({ text: '2', retain: false })
      await witness.subscribed(topic)
      expect(await witness.next('publish')).toMatchObject({ text: '2', retain: true })
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.2-12] 5.0 [3.1.2-8]: a client without a will publishes none (level %d)',
    async (level) => {
      const witness = await server.join({ level })
      const topic = unique('t')
      await witness.subscribed(`${topic}/#`)
      await (await server.join({ level, clientId: topic })).drop()
      expect(await untilMarker(witness, await server.join({ level }))).toEqual([])
    },
  )

  it('5.0 [3.1.2-8]: after a DISCONNECT with the reason 0x04', async () => {
    const { witness, topic } = await listener(5)
    await (await server.join({ level: 5, will: { topic, payload: 'told' } })).left(4)
    expect(await witness.next('publish')).toMatchObject({ text: 'told' })
  })

  it('5.0 [3.1.3-9]: not if the client is back before its delay, though its connection was lost', async () => {
    const { witness, topic } = await listener(5)
    const clientId = unique()
    const session = { level: 5, clientId, clean: false, properties: [['sessionExpiry', 600]] } as const
    await (await server.join({ ...session, will: { topic, payload: 'late', properties: [['willDelay', 1]] } })).drop()
    await server.join(session)
    // A later will with the same delay shows that the time of the first one is over.
    const other = await server.join({
      ...session,
      clientId: unique(),
      will: { topic, payload: 'other', properties: [['willDelay', 1]] },
    })
    await other.drop()
    expect(await witness.next('publish')).toMatchObject({ text: 'other' })
    expect(await witness.ping()).toEqual([])
  })

  // mosquitto 2.0.11 waits.
  it.skipIf(onMosquitto)('5.0 [3.1.2-8 3.1.2-10]: a delay is not longer than the session', async () => {
    const { witness, topic } = await listener(5)
    await (await server.join({ level: 5, will: { topic, payload: 'now', properties: [['willDelay', 3600]] } })).drop()
    expect(await witness.next('publish')).toMatchObject({ text: 'now' })
  })

  it(
    '5.0 [3.1.2-7 3.1.2-9 3.3.2-4 3.3.2-15 3.3.2-16 3.3.2-17 3.3.2-18 3.3.2-20]: its properties are ' + 'passed on',
    async () => {
      const { witness, topic } = await listener(5)
      const passed = [
        ['payloadFormat', 1],
        ['contentType', 'text/plain'],
        ['responseTopic', 'r/t'],
        ['correlation', Buffer.of(0, 255)],
        ['user', ['b', '2']],
        ['user', ['a', '1']],
        ['user', ['b', '0']],
      ] as const
      await (
        await server.join({ level: 5, will: { topic, payload: 'x', properties: [['willDelay', 0], ...passed] } })
      ).drop()
      const { properties } = await witness.next('publish')
      for (const [name, value] of passed)
        if (name !== 'user') expect(properties.find(([one]) => one === name)?.[1]).toEqual(value)
      expect(properties.filter(([name]) => name === 'user')).toEqual(passed.filter(([name]) => name === 'user'))
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.4-1 3.1.4-5] 5.0 [3.1.4-1 3.1.4-6]: the will of a refused CONNECT is not published (level %d)',
    async (level) => {
      const { witness, topic } = await listener(level)
      const client = await dial(server.port, level)
      client.send(connect({ level, clientId: 'c', flags: 2 | 4 | 1, will: { topic, payload: 'x' } }))
      await client.rest()
      expect(messages(await witness.ping())).toEqual([])
      expect(await untilMarker(witness, await server.join({ level }))).toEqual([])
    },
  )
})
