import { createClient, type WildcastError } from '@wildcast/client'
import { history } from '@wildcast/client/history'
import { lock } from '@wildcast/client/locks'
import { presence } from '@wildcast/client/presence'
import { values } from '@wildcast/client/values'
import { defineContract } from '@wildcast/contract'
import * as v from 'valibot'
import { describe, expect, it, onTestFinished } from 'vitest'
import { systemClock } from './clock.js'
import { createTestRelay } from './create-test-relay.js'
import { listen, open } from './testing/open.js'

describe('createTestRelay', () => {
  it('carries messages between clients, without waiting', async () => {
    const relay = await open()
    const [ada, bob] = [relay.createClient(), relay.createClient()]
    const log = await listen(relay, bob)
    expect(await ada.publish('good.apple', { price: 3 })).toBe('confirmed')
    await relay.settled()
    expect(log).toEqual([{ price: 3 }])
  })

  it('serves a client of the application, over its transport and clock', async () => {
    const relay = await open()
    const client = createClient({ url: '/ws', transport: relay.transport, clock: relay.clock })
    onTestFinished(() => client.close())
    client.serve('math.sum', ({ data }) => (data as number[]).reduce((a, b) => a + b))
    await relay.settled()
    expect((await relay.createClient().request('math.sum', [1, 2])).data).toBe(3)
    expect(relay.connections).toBe(2)
  })

  it('settles at its end what a client of the application awaits, which then stays closed', async () => {
    const relay = await createTestRelay()
    const errors: string[] = []
    const { transport, clock } = relay
    const client = createClient({ url: '/ws', transport, clock, onError: ({ message }) => errors.push(message) })
    onTestFinished(() => client.close())
    await relay.settled()
    relay.delay(1000)
    const publishing = client.publish('good.apple', 1)
    const request = expect(client.request('math.sum')).rejects.toMatchObject({ code: 'interrupted' })
    await relay.close()
    expect(await publishing).toBe('unknown')
    await request
    const closed = { state: 'closed', reason: { message: 'the test relay was closed' } }
    expect(client.status).toMatchObject(closed)
    client.reconnect()
    await clock.settled()
    expect(client.status).toMatchObject(closed)
    expect(new Set(errors)).toEqual(new Set(['the test relay was closed']))
  })

  it('has values, locks, presence and history', async () => {
    const relay = await open({ history: [{ subjects: 'room.**', messages: 2 }] })
    const client = relay.createClient()
    await values(client).set('good.apple', 3)
    const held = await lock(client, 'doc.1')
    await presence(client, 'room').enter({ name: 'Ada' })
    for (const n of [1, 2, 3]) await client.publish('room.1', n)
    expect((await values(relay.createClient()).get('good.apple'))?.data).toBe(3)
    expect(held.lost.aborted).toBe(false)
    const { messages } = await history(client).page('room.1')
    expect(messages.map(({ data }) => data)).toEqual([2, 3])
  })

  it('has the brokers of its option, and refuses one that there is not', async () => {
    const relay = await open({ brokers: ['main', 'audit'] })
    const client = relay.createClient()
    await client.broker('audit').publish('a', 1)
    await client.publish('a', 2)
    expect(relay.published('a').map(({ broker, data }) => [broker, data])).toEqual([
      ['main', 2],
      ['audit', 1],
    ])
    expect(() => relay.brokerDown('other')).toThrow('there is no broker "other": there are main, audit')
    await expect(client.broker('other').publish('a', 1)).rejects.toMatchObject({ code: 'unknown_broker' })
  })

  it.each([
    ['no broker', { brokers: [] }, /broker/],
    ['a bad pattern', { history: [{ subjects: 'a..b', messages: 1 }] }, /a\.\.b/],
  ])('refuses %s', async (_, options, message) => {
    await expect(createTestRelay(options)).rejects.toThrow(message)
  })

  it('refuses data that does not fit its contract', async () => {
    const relay = await open({ contract: defineContract({ 'good.*': { message: v.object({ price: v.number() }) } }) })
    const client = relay.createClient()
    expect(await client.publish('good.apple', { price: 3 })).toBe('confirmed')
    await expect(client.publish('good.apple', { price: 'x' })).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(relay.published()).toHaveLength(1)
  })

  it('keeps the limits of its option', async () => {
    const relay = await open({ limits: { payload: 4, subscriptions: 1 } })
    const client = relay.createClient()
    await expect(client.publish('a', 'xxxxx')).rejects.toMatchObject({ code: 'too_large' })
    await client.subscribe('a').ready
    await expect(client.subscribe('b', { onError: () => {} }).ready).rejects.toMatchObject({
      code: 'too_many_subscriptions',
    })
  })
})

describe('what a test sees', () => {
  it('are the messages that clients have published, by their pattern', async () => {
    const relay = await open({ auth: { tokens: { secret: { user: 'ada', publish: ['**'] } } } })
    const client = relay.createClient({ token: 'secret' })
    await client.publish('good.apple', { price: 3 }, { headers: { 'x-a': '1' } })
    await client.publish('good.pear', Uint8Array.of(255))
    await values(client).set('lamp', 'on')
    expect(relay.published('good.*').map(({ subject, data }) => [subject, data])).toEqual([
      ['good.apple', { price: 3 }],
      ['good.pear', Uint8Array.of(255)],
    ])
    const [first] = relay.published()
    expect(first).toMatchObject({ broker: 'main', user: 'ada', retained: false, headers: new Map([['x-a', '1']]) })
    expect(relay.published('lamp')).toMatchObject([{ data: 'on', retained: true }])
  })

  it('are not those that were refused, nor those of the test itself', async () => {
    const relay = await open()
    relay.refuse('publish', 'secret.*')
    const client = relay.createClient()
    await expect(client.publish('secret.a', 1)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(values(client).set('a', 1, { whenRevision: 'x' })).rejects.toBeDefined()
    await relay.publish('good.apple', 1)
    expect(relay.published()).toEqual([])
  })

  it('are the frames of clients', async () => {
    const relay = await open()
    const client = relay.createClient()
    for (let i = 0; i < 3; i++) client.subscribe('good.*', () => {})
    await relay.settled()
    expect(relay.frames('Subscribe').map(({ subject }) => subject)).toEqual(['good.*'])
  })
})

describe('a message of another program', () => {
  it('reaches subscribers, is kept, and is a value if it is to be', async () => {
    const relay = await open({ history: [{ subjects: 'room.*', messages: 5 }] })
    const client = relay.createClient()
    const log = await listen(relay, client, '**')
    await relay.publish('good.apple', 1, { headers: { a: 'b' } })
    await relay.publish('room.1', 2)
    await relay.publish('lamp', 'on', { retain: true })
    expect(log).toEqual([1, 2, 'on'])
    expect((await history(client).page('room.1')).messages.map(({ data }) => data)).toEqual([2])
    expect((await values(client).get('lamp'))?.data).toBe('on')
  })
})

describe('auth', () => {
  it.each([
    { tokens: { secret: { user: 'ada', publish: ['room..x'] } } },
    { tokens: { secret: { deny: { subscribe: ['room..x'] } } } },
    { anonymous: { publish: ['**', 'room..x'] } },
  ])('names a rule that is invalid: %j', async (auth) => {
    const fault = 'is not valid: it is not a valid subject pattern, such as "room.*" or "main:room.{user}.**"'
    const name = auth.tokens ? 'the token "secret"' : 'anonymous clients'
    await expect(createTestRelay({ auth })).rejects.toThrow(new RangeError(`the rule "room..x" of ${name} ${fault}`))
  })

  const auth = {
    tokens: {
      ada: { user: 'ada', publish: ['room.{user}.*'], subscribe: ['**'] },
      short: { user: 'bob', subscribe: ['**'], expiresInMs: 60_000 },
    },
    anonymous: { subscribe: ['good.*'] },
  }

  it('gives a token its rules, and anonymous clients theirs', async () => {
    const relay = await open({ auth })
    const [ada, nobody] = [relay.createClient({ token: 'ada' }), relay.createClient()]
    expect(await ada.publish('room.ada.msg', 1)).toBe('confirmed')
    await expect(ada.publish('room.bob.msg', 1)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('no publish rule of the token "ada" covers it'),
    })
    expect(await nobody.can('subscribe', 'good.*')).toBe(true)
    expect(await nobody.can('publish', 'good.apple')).toBe(false)
  })

  it('reads a token from the header of a handshake', async () => {
    const relay = await open({ auth })
    const client = relay.createClient({ headers: { Authorization: 'Bearer ada' } })
    expect(await client.publish('room.ada.msg', 1)).toBe('confirmed')
  })

  it('refuses an unknown token, and none if there are no rules for it', async () => {
    const relay = await open({ auth: { tokens: auth.tokens } })
    const errors: WildcastError[] = []
    const onError = (error: WildcastError): void => void errors.push(error)
    const clients = [relay.createClient({ token: 'other', onError }), relay.createClient({ onError })]
    await relay.settled()
    expect(clients.map(({ status }) => status.state)).toEqual(['closed', 'closed'])
    expect(errors.map(({ code }) => code)).toEqual(['unauthorized', 'unauthorized'])
  })

  it('expires a token now: its client gets another one, and continues', async () => {
    const relay = await open({ auth })
    const tokens = ['ada', 'short']
    const reasons: string[] = []
    const client = relay.createClient({
      token: ({ reason }) => {
        reasons.push(reason)
        return tokens[reasons.length - 1] ?? 'short'
      },
    })
    const log = await listen(relay, client)
    relay.expire('ada')
    await relay.clock.advance(30_000)
    await relay.publish('good.apple', 1)
    expect(log.at(-1)).toBe(1)
    expect(client.status.state).toBe('online')
    expect(reasons.slice(0, 2)).toHaveLength(2)
    const late = relay.createClient({ token: 'ada', onError: () => {} })
    await relay.settled()
    expect(late.status.state).not.toBe('online')
  })

  it('expires a token when its time is over', async () => {
    const relay = await open({ auth })
    const client = relay.createClient({ token: 'short', onError: () => {} })
    await relay.settled()
    expect(client.status.state).toBe('online')
    await relay.clock.advance(61_000)
    expect(client.status.state).not.toBe('online')
  })

  it('has no token that it was not given', async () => {
    const relay = await open({ auth })
    expect(() => relay.expire('other')).toThrow('"auth" has no token "other": there are ada, short')
    const openToAll = await open()
    expect(() => openToAll.expire('ada')).toThrow(RangeError)
  })
})

describe('close', () => {
  it('closes clients that are created later, too', async () => {
    const relay = await createTestRelay()
    await relay.close()
    const client = relay.createClient({ onError: () => {} })
    await expect(client.publish('a')).rejects.toMatchObject({ message: 'the test relay was closed' })
    expect(client.status.state).toBe('closed')
  })
  it('closes the clients, and leaves no timer', async () => {
    const relay = await createTestRelay()
    const client = relay.createClient()
    await relay.settled()
    await relay.close()
    expect(client.status.state).toBe('closed')
    expect(relay.connections).toBe(0)
  })
})

it('runs by the clock of the machine, for a page that a person looks at', async () => {
  const relay = await open({ clock: systemClock() })
  const client = relay.createClient()
  const log = await listen(relay, client)
  await client.publish('good.apple', 1)
  await relay.clock.advance(1)
  expect(log).toEqual([1])
})
