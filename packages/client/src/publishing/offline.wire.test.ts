// Scripted: the subject is the wire: frames that can't be encoded, and those before a Welcome.
import { jsonCodec } from '@wildcast/protocol'
import { msgpackCodec } from '@wildcast/protocol/msgpack'
import { describe, expect, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { welcome } from '../testing/scripted-relay.js'

const code = (name: string) => expect.objectContaining({ name: 'WildcastError', code: name })
/** A value that the types forbid but untyped programs can pass. */
const wrong = (value: unknown): never => value as never

describe.each([
  ['JSON', undefined],
  ['MessagePack', msgpackCodec],
])('a frame that cannot be encoded in %s', (_, codec) => {
  const invalid: Record<string, object> = {
    'a bigint as headers': { headers: wrong(1n) },
    'a bigint in headers': { headers: { trace: wrong(1n) } },
    'a bigint as the broker': { broker: wrong(1n) },
    'a subject to answer on that throws': {
      responseSubject: wrong({
        get name() {
          throw new Error('no')
        },
      }),
    },
  }
  test.each(Object.keys(invalid))('%s rejects alone while offline, and the others are sent', async (name) => {
    const { client, relay, clock, errors } = start({ codec })
    relay.obliging = false
    const before = client.publish('a', 'before')
    const publish = expect(client.publish('a', 'x', invalid[name])).rejects.toThrow()
    const request = expect(client.request('a', 'x', { broker: wrong(1n) })).rejects.toThrow()
    const after = client.publish('a', 'after')
    await Promise.all([publish, request]) // while still offline
    relay.obliging = true
    relay.link.open()
    await settle()
    expect(await before).toBe('confirmed')
    expect(await after).toBe('confirmed')
    expect(relay.link.all('Publish').map(({ message }) => message)).toEqual(['before', 'after'])
    expect(errors).toEqual([])
    client.close()
    expect(clock.timers).toBe(0)
  })
  test.each(Object.keys(invalid))('%s rejects alone while online', async (name) => {
    const { client } = await connect({ codec })
    await expect(client.publish('a', 'x', invalid[name])).rejects.toThrow()
    await expect(client.request('a', 'x', { broker: wrong(1n) })).rejects.toThrow()
    expect(await client.publish('a', 'after')).toBe('confirmed')
  })
})

test('a frame that cannot be encoded is rejected with invalid_frame and the remedy', async () => {
  const { client } = start()
  const refused = client.publish('a', 'x', { broker: wrong(1n) })
  await expect(refused).rejects.toMatchObject({ code: 'invalid_frame', message: /give options as strings/ })
})

test('a token that cannot be encoded is reported, and the next attempt gets a new one', async () => {
  const tokens = [wrong(1n), 'good']
  const { client, relay, clock, errors } = await connect({ token: () => tokens.shift() ?? 'good' })
  expect(errors).toMatchObject([{ stage: 'token' }])
  const outcome = client.publish('a')
  await clock.advance(1000)
  expect(await outcome).toBe('confirmed')
  expect(relay.live).toBe(1)
})

test('an error of the codec rejects only its frame', async () => {
  const codec = {
    ...jsonCodec,
    encode(frame: Parameters<typeof jsonCodec.encode>[0]) {
      if (frame.kind === 'Publish' && frame.subject === 'bad') throw new Error('not this one')
      return jsonCodec.encode(frame)
    },
  }
  const { client, relay } = start({ codec })
  relay.obliging = false
  const bad = expect(client.publish('bad')).rejects.toEqual(code('invalid_frame'))
  const good = client.publish('good')
  await bad
  relay.obliging = true
  relay.link.open()
  expect(await good).toBe('confirmed')
})

describe('queued frames are sent only after Welcome', () => {
  test('only Connect and subscriptions are sent before', async () => {
    const { client, relay } = start()
    relay.obliging = false
    client.subscribe('a', () => undefined)
    const [publish, request] = [client.publish('a', 1), client.request('a', 2)]
    await settle()
    relay.link.open()
    const during = client.publish('a', 3)
    await settle()
    expect(relay.link.sent.map(({ kind }) => kind)).toEqual(['Connect', 'Subscribe'])
    relay.obliging = true
    relay.link.send(welcome)
    await settle()
    expect(relay.link.sent.slice(2)).toMatchObject([{ message: '1' }, { message: '2' }, { message: '3' }])
    expect(await Promise.all([publish, during])).toEqual(['confirmed', 'confirmed'])
    client.close()
    await expect(request).rejects.toEqual(code('interrupted'))
  })
  test('a server that accepts and closes repeatedly loses no queued frame', async () => {
    const { client, relay, clock } = start()
    relay.obliging = false
    const outcomes = [client.publish('a', 1), client.publish('a', 2)]
    const answer: Promise<Message> = client.request('a', 3, { timeoutMs: 300_000 })
    client.subscribe('a', () => undefined)
    await settle()
    for (let round = 0; round < 3; round++) {
      relay.link.open()
      await settle()
      relay.link.drop()
      await clock.advance(5000)
    }
    relay.answer = (frame) =>
      frame.kind === 'Request' ? { kind: 'Response', ref: frame.ref, message: 'yes' } : undefined
    relay.obliging = true
    await clock.advance(20_000)
    expect(await Promise.all(outcomes)).toEqual(['confirmed', 'confirmed'])
    expect((await answer).data).toBe('yes')
    expect(relay.links.flatMap((link) => link.all('Publish'))).toHaveLength(2)
  })
  test('a relay that never welcomes loses no queued frame', async () => {
    const { client, relay, clock } = start()
    relay.obliging = false
    const outcome = client.publish('a')
    await settle()
    relay.link.open()
    await clock.advance(10_000) // the deadline of an attempt
    relay.obliging = true
    await clock.advance(1000)
    expect(await outcome).toBe('confirmed')
  })
})
