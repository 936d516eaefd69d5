import { describe, expect, it } from 'vitest'
import { badStrings, closes, property, refuses } from './expectations.js'
import { dial, unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'
import { bytes, connect, type Property, packet, propertyBytes, u8, u16 } from './wire.js'

const server = serverUnderTest()
const levels = [4, 5] as const

describe('CONNECT', () => {
  it.each([
    ['PUBLISH', packet(3, 0, bytes('t'))],
    ['SUBSCRIBE', packet(8, 2, u16(1), bytes('t'), u8(0))],
    ['PINGREQ', packet(12, 0)],
    ['DISCONNECT', packet(14, 0)],
    ['AUTH', packet(15, 0)],
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('3.1.1 [3.1.0-1] 5.0 [3.1.0-1 3.14.0-1]: a connection that begins with %s is closed', async (_, first) => {
    const client = await dial(server.port)
    client.send(first)
    expect(await client.rest()).toEqual([])
  })

  it.each(levels)(
    '3.1.1 [3.1.0-2 4.8.0-1] 5.0 [3.1.0-2 4.13.1-1]: a second CONNECT closes (level %d)',
    async (level) => {
      const client = await server.join({ level })
      client.send(connect({ level, clientId: unique() }))
      await closes(client, 0x82)
    },
  )

  it('3.1.1 [3.1.2-1] 5.0 [3.1.2-1]: another protocol name closes', async () => {
    const client = await dial(server.port)
    client.send(packet(1, 0, bytes('MQTX'), u8(4, 2), u16(0), bytes('c')))
    expect((await client.rest()).filter(({ code }) => code === 0)).toEqual([])
  })

  it(
    '3.1.1 [3.1.2-2 3.2.2-4 3.2.2-5] 5.0 [3.1.2-2]: an unknown level is refused with its code, and ' + 'closed',
    async () => {
      const client = await dial(server.port)
      client.send(packet(1, 0, bytes('MQTT'), u8(9, 2), u16(0), bytes('c')))
      const { code, acknowledge } = await client.next('connack')
      expect([1, 0x84]).toContain(code)
      expect(acknowledge).toBe(0)
      expect(await client.rest()).toEqual([])
    },
  )

  it.each(levels)('3.1.1 [3.1.2-3 3.1.4-1 3.2.2-6] 5.0 [3.1.2-3 3.1.4-1]: reserved flag (level %d)', async (level) => {
    const client = await dial(server.port, level)
    client.send(connect({ level, clientId: 'c', flags: 3 }))
    await refuses(client)
  })

  it.each(levels)(
    '3.1.1 [3.1.2-11 3.1.2-13 3.1.2-15] 5.0 [3.1.2-11 3.1.2-13]: no will, but its bits (level %d)',
    async (level) => {
      for (const flags of [2 | 0x08, 2 | 0x10, 2 | 0x20]) {
        const client = await dial(server.port, level)
        client.send(connect({ level, clientId: 'c', flags }))
        await refuses(client)
      }
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.2-14] 5.0 [3.1.2-12]: wills have QoS 0, 1 or 2, and never 3 (level %d)',
    async (level) => {
      for (const qos of [0, 1, 2]) await server.join({ level, will: { topic: unique('w'), qos } })
      const client = await dial(server.port, level)
      client.send(connect({ level, clientId: 'c', will: { topic: 'w', qos: 3 } }))
      await refuses(client)
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.2-9 3.1.2-19 3.1.2-21] 5.0 [3.1.2-9 3.1.2-17 3.1.2-19]: a field that the flags ' +
      'announce is there (level %d)',
    async (level) => {
      for (const flags of [2 | 0x04, 2 | 0x80, 2 | 0xc0]) {
        const client = await dial(server.port, level)
        client.send(connect({ level, clientId: 'c', flags }))
        await refuses(client)
      }
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.2-18 3.1.2-20] 5.0 [3.1.2-16 3.1.2-18]: a field that the flags don’t announce (level %d)',
    async (level) => {
      const client = await dial(server.port, level)
      client.send(connect({ level, clientId: 'c', user: 'u', flags: 2 }))
      await refuses(client)
      const other = await dial(server.port, level)
      other.send(connect({ level, clientId: 'c', user: 'u', password: 'p', flags: 2 | 0x80 }))
      await refuses(other)
    },
  )

  it('3.1.1 [3.1.2-22]: a password without a user name', async () => {
    const client = await dial(server.port)
    client.send(connect({ clientId: 'c', password: 'p' }))
    await refuses(client)
  })

  it.each(levels)(
    '3.1.1 [3.1.3-4 3.1.3-10 3.1.3-11] 5.0 [3.1.3-4 3.1.3-11 3.1.3-12]: strings that are not UTF-8 (level %d)',
    async (level) => {
      for (const bad of badStrings)
        for (const options of [{ clientId: bad }, { will: { topic: bad } }, { user: bad }]) {
          const client = await dial(server.port, level)
          client.send(connect({ level, clientId: 'c', ...options }))
          await refuses(client)
        }
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.3-5] 5.0 [3.1.3-5]: client ids of 1 to 23 letters and digits are accepted (level %d)',
    async (level) => {
      for (const clientId of ['0', 'abcdefghijklmnopqrstuvw', 'ABCDEFGHIJKLMNOPQRSTUVW', '0123456789xyzXYZ'])
        expect((await server.join({ level, clientId })).connack?.code).toBe(0)
    },
  )

  it('3.1.1 [3.1.3-6 3.1.3-7]: several clients without an id are connected at the same time', async () => {
    const clients = await Promise.all([server.join({ clientId: '' }), server.join({ clientId: '' })])
    for (const client of clients) expect(await client.ping()).toEqual([])
  })

  it(
    '3.1.1 [3.1.3-8 3.1.3-9 3.2.2-4 3.2.2-5]: no id and no clean session: CONNACK 2, session ' + 'present 0, closed',
    async () => {
      const client = await dial(server.port)
      client.send(connect({ clean: false }))
      expect(await client.next('connack')).toMatchObject({ code: 2, acknowledge: 0 })
      expect(await client.rest()).toEqual([])
    },
  )

  it(
    '5.0 [3.1.3-6 3.1.3-7 3.2.2-16]: a client without an id gets an id that is its own, and ' + 'resumes with it',
    async () => {
      const properties = [['sessionExpiry', 100]] as const
      const one = await server.join({ level: 5, clientId: '', properties })
      const two = await server.join({ level: 5, clientId: '', clean: false, properties })
      const [id, other] = [one, two].map(({ connack }) => connack && property(connack, 'assignedClientId'))
      expect(id).toEqual(expect.stringMatching(/./))
      expect(other).not.toBe(id)
      const again = await server.join({ level: 5, clientId: String(id), clean: false, properties })
      expect(again.connack).toMatchObject({ code: 0, acknowledge: 1 })
      await one.rest()
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.4-2] 5.0 [3.1.4-3]: a client with the same id takes over, the first one is closed (level %d)',
    async (level) => {
      const clientId = unique()
      const first = await server.join({ level, clientId })
      const second = await server.join({ level, clientId })
      await closes(first, 0x8e)
      expect(await second.ping()).toEqual([])
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.4-4 3.2.0-1 4.2.0-1] 5.0 [3.1.4-5 3.2.0-1 3.2.0-2 3.2.2-1 4.2-1]: packets sent with ' +
      'CONNECT are answered after one CONNACK (level %d)',
    async (level) => {
      const client = await dial(server.port, level)
      client.send(connect({ level, clientId: unique() }), packet(12, 0))
      expect(await client.next('connack')).toMatchObject({ code: 0, acknowledge: 0 })
      await client.next('pingresp')
      expect(await client.ping()).toEqual([])
    },
  )

  it('3.1.1 [3.1.4-5]: nothing that follows a refused CONNECT is processed', async () => {
    const topic = unique('t')
    const subscriber = await server.join()
    await subscriber.subscribed(topic)
    const client = await dial(server.port)
    client.send(connect({ clean: false }), packet(3, 1, bytes(topic), Buffer.from('x')))
    expect((await client.rest()).map(({ type }) => type)).toEqual(['connack'])
    expect(await subscriber.ping()).toEqual([])
  })

  it(
    '5.0 [3.1.4-2 3.1.4-6 3.2.2-6 3.2.2-7 3.2.2-8 3.14.0-1 4.12.0-1 4.12.0-4 4.13.2-1]: an unknown ' +
      'authentication method is refused, and nothing else processed',
    async () => {
      const topic = unique('t')
      const subscriber = await server.join({ level: 5 })
      await subscriber.subscribed(topic)
      const client = await dial(server.port, 5)
      const options = { level: 5, clientId: unique(), properties: [['authMethod', 'X']] } as const
      client.send(connect(options), packet(3, 0, bytes(topic), propertyBytes(), Buffer.from('x')))
      const { code, acknowledge } = await client.next('connack')
      expect([0x87, 0x8c]).toContain(code)
      expect(acknowledge).toBe(0)
      expect(await client.rest()).toEqual([])
      expect(await subscriber.ping()).toEqual([])
    },
  )

  it.each<readonly [string, readonly Property[]]>([
    ['receive maximum 0', [['receiveMaximum', 0]]],
    ['packet size 0', [['maximumPacketSize', 0]]],
    ['a property of PUBLISH', [['contentType', 'x']]],
    [
      'a session expiry twice',
      [
        ['sessionExpiry', 1],
        ['sessionExpiry', 1],
      ],
    ],
    ['data without an authentication method', [['authData', Buffer.from('x')]]],
    ['2 for a yes or no', [['requestProblem', 2]]],
    ['U+0000', [['user', ['a', String.fromCharCode(0)]]]],
  ])(
    '5.0 [1.5.4-2 1.5.7-1 3.1.4-1 4.13.1-1]: a CONNECT with wrong properties is refused: %s',
    async (what, properties) => {
      // mosquitto 2.0.11 ignores it.
      if (onMosquitto && what.startsWith('data')) return
      const client = await dial(server.port, 5)
      client.send(connect({ level: 5, clientId: 'c', properties }))
      await refuses(client)
    },
  )

  it(
    '5.0 [3.2.2-9 3.2.2-10 3.2.2-12 3.2.2-13 4.12.0-6]: every QoS and retained messages are ' +
      'supported, and nothing else is announced',
    async () => {
      const { connack } = await server.join({ level: 5, will: { topic: unique('w'), qos: 2, retain: true } })
      const names = ['maximumQos', 'retainAvailable', 'authMethod', 'responseInfo'] as const
      expect(names.map((name) => connack && property(connack, name))).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ])
    },
  )

  it('5.0 [3.1.2-28]: no response information for who doesn’t ask for it', async () => {
    const { connack } = await server.join({ level: 5, properties: [['requestResponse', 0]] })
    expect(connack && property(connack, 'responseInfo')).toBeUndefined()
  })

  it('5.0 [4.12.0-7 4.13.1-1]: an AUTH of a client without an authentication method closes', async () => {
    const client = await server.join({ level: 5 })
    client.send(packet(15, 0, u8(0x19), propertyBytes([['authMethod', 'X']])))
    await closes(client, 0x82)
  })

  it('5.0 [3.15.1-1]: an AUTH with flags closes', async () => {
    const client = await server.join({ level: 5 })
    client.send(packet(15, 1, u8(0x19), propertyBytes([['authMethod', 'X']])))
    await closes(client, 0x81)
  })

  it.each([3, ...levels] as const)(
    '3.1.1 [7.0.0-2 7.1.1-1]: MQTT of each level over TCP needs no extension (level %d)',
    async (level) => {
      expect(await (await server.join({ level })).ping()).toEqual([])
    },
  )
})
