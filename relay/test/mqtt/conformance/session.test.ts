import { describe, expect, it } from 'vitest'
import { closes, messages } from './expectations.js'
import { unique } from './raw-client.js'
import { serverUnderTest } from './server-under-test.js'
import type { ConnectOptions, Level } from './wire.js'

const server = serverUnderTest()
const levels = [4, 5] as const

/** Options of a client whose session is kept. */
function kept(level: Level): ConnectOptions {
  return { level, clientId: unique(), clean: false, properties: [['sessionExpiry', 600]] }
}

describe('sessions', () => {
  it.each(levels)(
    '3.1.1 [3.1.2-4 3.2.2-2 3.2.2-3 3.1.4-3] 5.0 [3.1.2-5 3.1.2-6 3.2.2-3 3.1.4-4]: without a ' +
      'session a new one begins; it is resumed with its subscriptions (level %d)',
    async (level) => {
      const options = kept(level)
      const first = await server.join(options)
      expect(first.connack).toMatchObject({ code: 0, acknowledge: 0 })
      const topic = unique('t')
      await first.subscribed(topic)
      await first.drop()
      const second = await server.join(options)
      expect(second.connack).toMatchObject({ code: 0, acknowledge: 1 })
      await second.published(topic, 'x')
      expect(messages(await second.ping())).toEqual([`${topic} x`])
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.2-6 3.2.2-1 3.1.4-3] 5.0 [3.1.2-4 3.2.2-2 3.1.4-4]: a clean start ends the session before (level %d)',
    async (level) => {
      const options = kept(level)
      const first = await server.join(options)
      const topic = unique('t')
      await first.subscribed(topic, 1)
      await first.left()
      const publisher = await server.join({ level })
      await publisher.published(topic, 'waits')
      const clean = await server.join({ ...options, clean: true })
      expect(clean.connack).toMatchObject({ code: 0, acknowledge: 0 })
      await publisher.published(topic, 'x')
      expect(await clean.ping()).toEqual([])
    },
  )

  it('3.1.1 [3.1.2-6 3.2.2-3]: the session of a clean client ends with its connection', async () => {
    const clientId = unique()
    const first = await server.join({ clientId })
    await first.subscribed(unique('t'))
    await first.left()
    expect((await server.join({ clientId, clean: false })).connack?.acknowledge).toBe(0)
  })

  it.each(levels)(
    '3.1.1 [3.1.3-2 1.5.3-3] 5.0 [3.1.3-2 1.5.4-3]: the session is that of the client id, character ' +
      'by character (level %d)',
    async (level) => {
      const options = { ...kept(level), clientId: unique('Abc') }
      await (await server.join(options)).left()
      for (const clientId of [options.clientId.toUpperCase(), `${options.clientId}x`, `\ufeff${options.clientId}`])
        expect((await server.join({ ...options, clientId })).connack?.acknowledge).toBe(0)
      expect((await server.join(options)).connack?.acknowledge).toBe(1)
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.4-2 4.1.0-1 4.1.0-2] 5.0 [3.1.4-3 4.1.0-1]: a session is kept while its client is ' +
      'connected, and taken over (level %d)',
    async (level) => {
      const options = { ...kept(level), properties: [['sessionExpiry', 1]] } as const
      const first = await server.join(options)
      const topic = unique('t')
      await first.subscribed(topic)
      const second = await server.join(options)
      await closes(first, 0x8e)
      expect(second.connack?.acknowledge).toBe(1)
      await second.published(topic, 'x')
      expect(messages(await second.ping())).toEqual([`${topic} x`])
    },
  )

  it('5.0 [3.1.2-23 4.1.0-2]: a session without an expiry ends with its connection', async () => {
    const clientId = unique()
    for (const properties of [[], [['sessionExpiry', 0]]] as const) {
      await (await server.join({ level: 5, clientId, clean: false, properties })).left()
      const again = await server.join({ level: 5, clientId, clean: false })
      expect(again.connack?.acknowledge).toBe(0)
      await again.left()
    }
  })

  it('5.0 [4.1.0-2 3.1.2-8]: a session ends when it has expired, and its will is published then', async () => {
    const clientId = unique()
    const topic = unique('w')
    const witness = await server.join({ level: 5 })
    await witness.subscribed(topic)
    const will = { topic, properties: [['willDelay', 3600]] } as const
    const client = await server.join({ level: 5, clientId, will, properties: [['sessionExpiry', 1]] })
    await client.drop()
    expect(await witness.next('publish')).toMatchObject({ topic })
    expect((await server.join({ level: 5, clientId, clean: false })).connack?.acknowledge).toBe(0)
  })

  it('5.0 [3.1.2-23]: a DISCONNECT may change the expiry', async () => {
    const clientId = unique()
    const first = await server.join({ level: 5, clientId, properties: [['sessionExpiry', 600]] })
    await first.left(0, [['sessionExpiry', 0]])
    const second = await server.join({ level: 5, clientId, clean: false, properties: [['sessionExpiry', 1]] })
    expect(second.connack?.acknowledge).toBe(0)
    await second.left(0, [['sessionExpiry', 600]])
    expect((await server.join({ level: 5, clientId, clean: false })).connack?.acknowledge).toBe(1)
  })

  it('5.0 [4.13.1-1]: a DISCONNECT that gives a session an expiry that had none is a protocol error', async () => {
    const clientId = unique()
    const first = await server.join({ level: 5, clientId })
    await first.left(0, [['sessionExpiry', 600]])
    expect((await server.join({ level: 5, clientId, clean: false })).connack?.acknowledge).toBe(0)
  })
})
