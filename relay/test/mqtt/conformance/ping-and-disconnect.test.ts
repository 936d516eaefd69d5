import { describe, expect, it } from 'vitest'
import { closes, messages, untilMarker } from './expectations.js'
import { unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'
import { bytes, packet, propertyBytes, u8 } from './wire.js'

const server = serverUnderTest()
const levels = [3, 4, 5] as const

describe('PINGREQ', () => {
  it.each(levels)('3.1.1 [3.12.4-1] 5.0 [3.12.4-1]: each is answered with a PINGRESP (level %d)', async (level) => {
    const client = await server.join({ level })
    client.send(packet(12, 0), packet(12, 0))
    for (const _ of [1, 2]) expect(await client.next('pingresp')).toMatchObject({ size: 2 })
    expect(await client.ping()).toEqual([])
  })
})

describe('DISCONNECT', () => {
  it.each(levels)(
    '3.1.1 [3.14.4-1] 5.0 [3.14.4-1 3.14.4-2]: the server closes, and sends nothing more (level %d)',
    async (level) => {
      const client = await server.join({ level })
      client.disconnect()
      expect(await client.rest()).toEqual([])
    },
  )

  it.each(levels)(
    '3.1.1 [3.14.4-2] 5.0 [3.14.4-1]: what a client sends after it is not processed (level %d)',
    async (level) => {
      const witness = await server.join()
      const topic = unique('t')
      await witness.subscribed(topic)
      const client = await server.join({ level })
      client.send(
        packet(14, 0),
        packet(3, 0, bytes(topic), ...(level === 5 ? [propertyBytes()] : []), Buffer.from('x')),
      )
      expect(await client.rest()).toEqual([])
      expect(await untilMarker(witness, await server.join())).toEqual([])
    },
  )

  it.each([4, 5] as const)('3.1.1 [3.14.1-1] 5.0 [3.14.1-1]: flags are malformed (level %d)', async (level) => {
    const topic = unique('w')
    const witness = await server.join()
    await witness.subscribed(topic)
    const client = await server.join({ level, will: { topic, payload: 'gone' } })
    client.send(packet(14, 2))
    await closes(client, 0x81)
    expect(messages([await witness.next('publish')])).toEqual([`${topic} gone`])
  })

  it(
    '5.0 [3.14.2-1 3.14.2-2]: a DISCONNECT of the server has a code from its list and no session ' + 'expiry',
    async () => {
      const client = await server.join({ level: 5, properties: [['sessionExpiry', 600]] })
      client.send(packet(0, 0))
      const rest = await client.rest()
      if (!onMosquitto) expect(rest).toHaveLength(1)
      for (const { type, code, properties } of rest) {
        expect(type).toBe('disconnect')
        expect([0x81, 0x82]).toContain(code)
        expect(properties.map(([name]) => name)).not.toContain('sessionExpiry')
      }
    },
  )

  it('5.0 [4.13.1-1]: a DISCONNECT with a reason that no client has, or with unread bytes, closes', async () => {
    for (const bad of [packet(14, 0, u8(0x8e), propertyBytes()), packet(14, 0, u8(0, 0, 9)), packet(14, 0, u8(0x77))]) {
      const client = await server.join({ level: 5 })
      client.send(bad)
      const rest = await client.rest()
      expect(rest.filter(({ type }) => type !== 'disconnect')).toEqual([])
    }
  })
})
