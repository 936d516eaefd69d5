import { type BrokerMessage, limits, parsePattern } from '@wildcast/protocol'
import { msgpackCodec } from '@wildcast/protocol/msgpack'
import { headers as natsHeaders } from 'nats'
import { describe, expect, it } from 'vitest'
import { five, mqttLink } from './brokers/mqtt-link.js'
import { natsLink, stranger } from './brokers/nats-link.js'
import { expectAlive } from './bystander.js'
import { startMosquitto } from './servers/mosquitto.js'
import { mosquittoPub } from './servers/mosquitto-clients.js'
import { startNats } from './servers/nats.js'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'
import { ask, client } from './v1-client.js'

const numbered = (count: number, value = 'x'): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, value]))

const tooLarge = (ref: number): unknown => ({
  Error: { ref, code: 'too_large', message: expect.stringContaining('put the rest into the payload'), retry: false },
})

describe('headers of a client', () => {
  it('are announced as 64 and 8 kB', async () => {
    const welcome = await ask(await client(await startRelay()), { Connect: {} })
    expect(welcome).toMatchObject({ Welcome: { limits: { headers: 64, header_bytes: 8192 } } })
  })

  it.each([
    ['publish', 'Publish'],
    ['request', 'Request'],
  ])('may be 64 of a %s, and one more is too large; the connection stays open', async (_, kind) => {
    const socket = await client(await startRelay())
    const frame = (headers: object): unknown => ({ [kind]: { ref: 1, subject: 'h.x', message: 'x', headers } })
    expect(await ask(socket, frame(numbered(64)))).not.toEqual(tooLarge(1))
    expect(await ask(socket, frame(numbered(65)))).toEqual(tooLarge(1))
    expect(await ask(socket, frame(numbered(5_000)))).toEqual(tooLarge(1))
    expect(await ask(socket, frame(numbered(20_000)))).toMatchObject({ Error: { ref: 1, code: 'too_large' } })
    await expectAlive(socket)
  })

  it('may have 8,192 bytes of names and values in UTF-8, and one more is too large', async () => {
    const socket = await client(await startRelay())
    const frame = (value: string): unknown => ({
      Publish: { ref: 1, subject: 'a', message: '', headers: { h: value } },
    })
    expect(await ask(socket, frame('x'.repeat(8191)))).toEqual({ Ack: { ref: 1 } })
    expect(await ask(socket, frame('x'.repeat(8192)))).toEqual(tooLarge(1))
    expect(await ask(socket, frame('ü'.repeat(4096)))).toEqual(tooLarge(1))
    expect(
      await ask(socket, { Publish: { ref: 1, subject: 'a', message: '', headers: { ['n'.repeat(8193)]: '' } } }),
    ).toEqual(tooLarge(1))
    await expectAlive(socket)
  })

  it('are limited in MessagePack, too', async () => {
    const { address } = await startRelay()
    const socket = await connect(`ws://${address}/ws`, msgpackCodec.subprotocol)
    const headers = Object.entries(numbered(5000))
    socket.send(msgpackCodec.encode({ kind: 'Publish', ref: 1, subject: 'h.x', message: 'x', headers }))
    const { kind, body } = msgpackCodec.decode((await socket.next()) as Buffer)
    expect(kind).toBe('Error')
    expect(body).toMatchObject({ ref: 1, code: 'too_large' })
  })

  it('reach other clients in order, with every value of a name', async () => {
    const relay = await startRelay()
    const headers = { z: '1', link: ['/a', '', '/a'], a: 'ü' }
    const reader = await client(relay)
    await ask(reader, { Subscribe: { ref: 1, subject: 'h' } })
    const packed = await connect(`ws://${relay.address}/ws`, msgpackCodec.subprotocol)
    packed.send(msgpackCodec.encode({ kind: 'Subscribe', ref: 1, subject: 'h' }))
    await packed.next()
    expect(await ask(await client(relay), { Publish: { ref: 1, subject: 'h', message: '', headers } })).toMatchObject({
      Ack: { ref: 1 },
    })
    const written = JSON.stringify(headers)
    expect(String(await reader.next())).toContain(`"headers":${written}`)
    const { body } = msgpackCodec.decode((await packed.next()) as Buffer)
    expect(JSON.stringify((body as { headers: unknown }).headers)).toBe(written)
  })

  it('are counted by their values', async () => {
    const socket = await client(await startRelay())
    const frame = (count: number): unknown => ({
      Publish: { ref: 1, subject: 'a', message: '', headers: { first: '', h: Array(count).fill('') } },
    })
    expect(await ask(socket, frame(63))).toEqual({ Ack: { ref: 1 } })
    for (const count of [64, 9_000]) expect(await ask(socket, frame(count))).toEqual(tooLarge(1))
    await expectAlive(socket)
  })

  it('count towards the payload, and so does the error of an answer', async () => {
    const socket = await client(await startRelay({ limits: { payload: 1000 } }))
    const publish = (more: object): Promise<unknown> => ask(socket, { Publish: { ref: 1, subject: 'a', ...more } })
    const answer = { Error: expect.objectContaining({ ref: 1, code: 'too_large' }) }
    expect(await publish({ message: 'x'.repeat(990), headers: { n: '123456789' } })).toEqual({ Ack: { ref: 1 } })
    expect(await publish({ message: 'x'.repeat(991), headers: { n: '123456789' } })).toEqual(answer)
    expect(await publish({ message: 'ü'.repeat(496), headers: { n: '123456789' } })).toEqual(answer)
    expect(await publish({ message: '', error: { code: 'x', message: 'y'.repeat(1000) } })).toEqual(answer)
    await expectAlive(socket)
  })

  it('have a limit of 8 kB that applies to an error, too', async () => {
    const socket = await client(await startRelay())
    const error = (message: string): unknown => ({ Publish: { ref: 1, subject: 'a', error: { code: 'x', message } } })
    expect(await ask(socket, error('y'.repeat(8191)))).toEqual({ Ack: { ref: 1 } })
    expect(await ask(socket, error('y'.repeat(8192)))).toEqual(tooLarge(1))
  })
})

describe('headers of a foreign message', () => {
  const flood = Object.entries(numbered(16_000))

  it('are not delivered beyond 64, and counted: NATS', async () => {
    const server = await startNats()
    const { broker, dropped, listen } = await natsLink(server)
    const inbox = await listen('h.*')
    const foreign = await stranger(server)
    const write = (entries: readonly (readonly [string, string])[]): void => {
      const written = natsHeaders()
      // The library's own `append` takes a minute for that many.
      for (const [name, value] of entries)
        (written as unknown as { headers: Map<string, string[]> }).headers.set(name, [value])
      foreign.publish('h.x', `${entries.length}`, { headers: written })
    }
    write(flood)
    write(flood.slice(0, 65))
    write([['h', 'x'.repeat(8192)]])
    write(flood.slice(0, 64))
    const [message] = await inbox.take(1)
    expect(textOf(message)).toBe('64')
    expect(message?.headers).toHaveLength(64)
    expect(dropped).toEqual(['foreign_headers', 'foreign_headers', 'foreign_headers'])
    expect(broker.features.headers).toBe(true)
  })

  it('are not delivered beyond 64, and counted: MQTT', async () => {
    const server = await startMosquitto()
    const { dropped, listen } = await mqttLink(server.url)
    const inbox = await listen('h.*')
    const flags = (count: number): string[] =>
      flood.slice(0, count).flatMap(([name, value]) => ['-D', 'publish', 'user-property', name, value])
    await mosquittoPub(server.port, 'h/x', '16000', [...five, ...flags(16_000)])
    await mosquittoPub(server.port, 'h/x', '65', [...five, ...flags(65)])
    await mosquittoPub(server.port, 'h/x', '64', [...five, ...flags(64)])
    const [message] = await inbox.take(1)
    expect(textOf(message)).toBe('64')
    expect(message?.headers).toHaveLength(64)
    expect(dropped).toEqual(['foreign_headers', 'foreign_headers'])
  })
})

it('64 headers of 8 kB cross every broker that supports headers', async () => {
  const value = 'x'.repeat(Math.floor(limits.headerBytes / 64) - 3)
  const headers = Object.entries(numbered(64, value))
  const [nats, mosquitto] = await Promise.all([startNats(), startMosquitto()])
  for (const link of [await natsLink(nats), await mqttLink(mosquitto.url)]) {
    const inbox = await link.listen('h.*')
    const message: BrokerMessage = { subject: parsePattern('h.x'), payload: '', headers }
    await link.broker.publish(message)
    expect((await inbox.take(1))[0]?.headers).toEqual(headers)
  }
})

function textOf(message: BrokerMessage | undefined): string {
  return new TextDecoder().decode(message?.payload as Uint8Array)
}
