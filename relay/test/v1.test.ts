import { decode, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { connect } from './socket.js'
import { startRelay } from './start-relay.js'
import { ask, client } from './v1-client.js'

const json = 'wildcast.v1+json'
const msgpack = 'wildcast.v1+msgpack'

describe('v1 on /ws', () => {
  it('selects the first subprotocol that it supports (H7)', async () => {
    const { address } = await startRelay()
    expect((await connect(`ws://${address}/ws`, ['other', msgpack, json])).ws.protocol).toBe(msgpack)
  })

  it('refuses a client that offers only unknown subprotocols (H7)', async () => {
    const { address } = await startRelay()
    await expect(connect(`ws://${address}/ws`, ['mqtt', 'wildcast.v9+json'])).rejects.toThrow('400')
  })

  it('answers Connect with Welcome', async () => {
    const relay = await startRelay()
    const socket = await client(relay)
    expect(await ask(socket, { Connect: { client: 'test/1', token: 'x' } })).toEqual({
      Welcome: {
        session: expect.stringMatching(new RegExp(`^${relay.relay.id}_[0-9A-Z]{26}$`)),
        name: expect.stringMatching(/^[0-9A-Z]{26}$/),
        resumed: false,
        received: 0,
        relay: relay.relay.id,
        brokers: [
          {
            name: 'test',
            default: true,
            status: 'up',
            features: [
              'queue',
              'request',
              'serve',
              'response_subject',
              'headers',
              'wildcard',
              'retained',
              'conditional',
              'ttl',
              'presence',
            ],
          },
        ],
        limits: {
          payload: 1024 * 1024,
          frame: 4 * 1024 * 1024 + 64 * 1024,
          subscriptions: 1000,
          requests: 1000,
          backlog_bytes: 1024 * 1024,
          value_cache: 268_435_456,
          resume_bytes: 1024 * 1024,
          resume_ms: 60_000,
          headers: 64,
          header_bytes: 8192,
        },
        ping: 25_000,
        time: expect.any(Number),
      },
    })
  })

  it('rejects a second Connect in-band, and a late one', async () => {
    const relay = await startRelay()
    const twice = await client(relay)
    await ask(twice, { Connect: {} })
    expect(await ask(twice, { Connect: {} })).toMatchObject({ Error: { code: 'invalid_frame', retry: false } })
    const late = await client(relay)
    await ask(late, { Subscribe: 'a' })
    expect(await ask(late, { Connect: {} })).toMatchObject({ Error: { code: 'invalid_frame' } })
    expect(await ask(late, { Publish: { ref: 1, subject: 'b', message: 'lives' } })).toEqual({ Ack: { ref: 1 } })
  })

  it('begins a new session if the key is unknown', async () => {
    const socket = await client(await startRelay())
    const welcome = await ask(socket, { Connect: { session: 'old', received: 7 } })
    expect(welcome).toMatchObject({ Welcome: { resumed: false, received: 0 } })
  })

  it('answers a bare Subscribe, and delivers later messages', async () => {
    const socket = await client(await startRelay())
    socket.say({ Subscribe: 'good.*' })
    socket.say({ Publish: { ref: 1, subject: 'good.apple', message: 'hi' } })
    expect(await socket.json()).toEqual({ Subscribed: { id: 1, subject: 'good.*' } })
    expect(await socket.json()).toEqual({ Message: { id: 1, subject: 'good.apple', message: 'hi', broker: 'test' } })
    expect(await socket.json()).toEqual({ Ack: { ref: 1 } })
  })

  it('gives equal subscriptions one id, across all clients and spellings', async () => {
    const relay = await startRelay()
    const first = await client(relay)
    const second = await client(relay)
    const same = { id: 1, subject: 'good.*.**' }
    expect(await ask(first, { Subscribe: { ref: 1, subject: 'good.>' } })).toEqual({ Subscribed: { ref: 1, ...same } })
    expect(await ask(first, { Subscribe: { ref: 2, subject: 'good.*.#' } })).toEqual({
      Subscribed: { ref: 2, ...same },
    })
    expect(await ask(second, { Subscribe: { ref: 1, subject: 'good.**.*' } })).toEqual({
      Subscribed: { ref: 1, ...same },
    })
  })

  it('sends a message once for each id that it matches', async () => {
    const socket = await client(await startRelay())
    await ask(socket, { Subscribe: 'good.*' })
    await ask(socket, { Subscribe: '**' })
    socket.say({ Publish: { subject: 'good.apple', message: 'hi' } })
    const ids = [await socket.json(), await socket.json()].map(
      (frame) => (frame as { Message: { id: number } }).Message.id,
    )
    expect(ids.sort()).toEqual([1, 2])
  })

  it('ends a subscription with one Unsubscribe, and confirms it', async () => {
    const socket = await client(await startRelay())
    await ask(socket, { Subscribe: 'a' })
    await ask(socket, { Subscribe: 'a' })
    expect(await ask(socket, { Unsubscribe: { ref: 5, id: 1 } })).toEqual({ Unsubscribed: { ref: 5, id: 1 } })
    expect(await ask(socket, { Publish: { ref: 6, subject: 'a', message: '' } })).toEqual({ Ack: { ref: 6 } })
    expect(await ask(socket, { Unsubscribe: { ref: 7, id: 1 } })).toMatchObject({
      Error: { ref: 7, code: 'invalid_frame' },
    })
  })

  it('subscribes again if an equal subscription ends meanwhile', async () => {
    const socket = await client(await startRelay())
    const { Subscribed } = (await ask(socket, { Subscribe: { ref: 1, subject: 'a' } })) as {
      Subscribed: { id: number }
    }
    socket.say({ Subscribe: { ref: 2, subject: 'a' } })
    socket.say({ Unsubscribe: { ref: 3, id: Subscribed.id } })
    socket.say({ Subscribe: { ref: 4, subject: 'a' } })
    socket.say({ Publish: { ref: 5, subject: 'a', message: 'hi' } })
    const answers = [
      await socket.json(),
      await socket.json(),
      await socket.json(),
      await socket.json(),
      await socket.json(),
    ]
    expect(answers).toEqual([
      { Subscribed: { ref: 2, id: Subscribed.id, subject: 'a' } },
      { Unsubscribed: { ref: 3, id: Subscribed.id } },
      { Subscribed: { ref: 4, id: expect.any(Number), subject: 'a' } },
      { Message: { id: expect.any(Number), subject: 'a', message: 'hi', broker: 'test' } },
      { Ack: { ref: 5 } },
    ])
  })

  it('delivers bytes to JSON clients as base64 if they are not text, and text as text', async () => {
    const relay = await startRelay()
    const reader = await client(relay)
    await ask(reader, { Subscribe: 'b' })
    const writer = await connect(`ws://${relay.address}/ws`, msgpack)
    writer.send(encode({ Publish: { subject: 'b', message: Uint8Array.of(0xff, 0) } }))
    writer.send(encode({ Publish: { subject: 'b', message: new TextEncoder().encode('\ufeffé') } }))
    writer.send(encode({ Publish: { subject: 'b', bytes: [1, 2] } }))
    expect(await reader.json()).toEqual({ Message: { id: 1, subject: 'b', broker: 'test', bytes: '/wA=' } })
    expect(await reader.json()).toMatchObject({ Message: { message: '\ufeffé' } })
    expect(await reader.json()).toMatchObject({ Message: { message: '\u0001\u0002' } })
  })

  it('delivers every payload as bin in MessagePack', async () => {
    const relay = await startRelay()
    const reader = await connect(`ws://${relay.address}/ws`, msgpack)
    reader.send(encode({ Subscribe: 'b' }))
    expect(decode((await reader.next()) as Buffer)).toEqual({ Subscribed: { id: 1, subject: 'b' } })
    await fetch(`http://${relay.address}/publish/b`, { method: 'POST', body: 'text' })
    expect(decode((await reader.next()) as Buffer)).toEqual({
      Message: { id: 1, subject: 'b', broker: 'test', message: Buffer.from('text') },
    })
  })

  it('carries headers and the response subject', async () => {
    const socket = await client(await startRelay())
    await ask(socket, { Subscribe: 'h' })
    socket.say({
      Publish: { subject: 'h', message: '', headers: { trace: '1', constructor: '2' }, response_subject: 'back' },
    })
    expect(await socket.json()).toEqual({
      Message: {
        id: 1,
        subject: 'h',
        message: '',
        broker: 'test',
        response_subject: 'back',
        headers: { trace: '1', constructor: '2' },
      },
    })
  })

  it('publishes to a pattern if that was requested', async () => {
    const socket = await client(await startRelay())
    await ask(socket, { Subscribe: 'lobby.alice' })
    expect(await ask(socket, { Publish: { ref: 1, subject: '*.alice', message: 'hi' } })).toMatchObject({
      Error: { ref: 1, code: 'invalid_subject' },
    })
    socket.say({ Publish: { subject: '*.alice', message: 'hi', wildcard: true } })
    expect(await socket.json()).toMatchObject({ Message: { subject: '*.alice', message: 'hi' } })
  })

  it('delivers each message of a group to one client, in turns', async () => {
    const relay = await startRelay()
    const [first, second] = [await client(relay), await client(relay)]
    for (const member of [first, second]) await ask(member, { Subscribe: { subject: 'job', group: 'workers' } })
    for (const message of ['1', '2', '3', '4'])
      await fetch(`http://${relay.address}/publish/job`, { method: 'POST', body: message })
    const taken = [await first.json(), await second.json(), await first.json(), await second.json()]
    expect(taken).toMatchObject(['1', '2', '3', '4'].map((message) => ({ Message: { message } })))
  })
})

describe('a publish with a key', () => {
  it('is done once, even if another session repeats it after the first was lost', async () => {
    const relay = await startRelay()
    const reader = await client(relay)
    await ask(reader, { Subscribe: { ref: 1, subject: 'good.*' } })
    const publish = { Publish: { ref: 1, subject: 'good.a', message: 'once', key: 'k1' } }
    for (const _ of [1, 2]) expect(await ask(await client(relay), publish)).toEqual({ Ack: { ref: 1 } })
    const other = { Publish: { ref: 2, subject: 'good.a', message: 'other', key: 'k1' } }
    expect(await ask(await client(relay), other)).toMatchObject({ Error: { ref: 2, code: 'invalid_frame' } })
    const last = { Publish: { ref: 3, subject: 'good.a', message: 'last', key: 'k2' } }
    await ask(await client(relay), last)
    const received = [await reader.json(), await reader.json()]
    expect(received).toMatchObject([{ Message: { message: 'once' } }, { Message: { message: 'last' } }])
  })
})
