import { describe, expect, test } from 'vitest'
import { loseSession, started, tested } from '../testing/tested.js'

const code = (name: string) => expect.objectContaining({ name: 'WildcastError', code: name })

describe('a payload', () => {
  test.each([
    ['text', 'hi', 'hi'],
    ['JSON for an object', { a: [1, null] }, '{"a":[1,null]}'],
    ['JSON for a number', 5, '5'],
    ['JSON for null', null, 'null'],
    ['nothing', undefined, ''],
    ['bytes that are text', new Uint8Array([104, 105]), new Uint8Array([104, 105])],
    ['other bytes', new Uint8Array([0xff, 0]), new Uint8Array([0xff, 0])],
    ['a buffer', new Uint8Array([0xff]).buffer, new Uint8Array([0xff])],
    ['a view of a buffer', new DataView(new Uint8Array([1, 0xff, 2]).buffer, 1, 1), new Uint8Array([0xff])],
  ])('is sent as %s', async (_, data, message) => {
    const { client, relay } = await tested()
    await client.publish('good.apple', data)
    expect(relay.frames('Publish')).toMatchObject([{ subject: 'good.apple', message }])
    const bytes = typeof message === 'string' ? new TextEncoder().encode(message) : message
    expect(relay.published().map((one) => new Uint8Array(one.bytes))).toEqual([bytes])
  })
  test('without a JSON form is rejected with a TypeError', async () => {
    const { client } = await tested()
    await expect(client.publish('a', () => 1)).rejects.toThrow(TypeError)
    await expect(client.publish('a', 1n)).rejects.toThrow(TypeError)
  })
  test('beyond the limit of the relay is rejected without a frame', async () => {
    const { client, relay } = await tested({ limits: { payload: 1000 } })
    await client.publish('a', 'x'.repeat(1000))
    await expect(client.publish('a', 'ü'.repeat(501))).rejects.toEqual(code('too_large'))
    await relay.settled()
    expect(relay.frames('Publish')).toHaveLength(1)
  })
})

describe('online, a publish', () => {
  test('is confirmed when the broker has it', async () => {
    const { client, relay } = await tested({ brokers: ['main', 'b'] })
    const publication = client.publish('a', 1, { broker: 'b', headers: new Map([['k', 'v']]), responseSubject: 'r' })
    expect({ state: publication.state, published: relay.published() }).toEqual({ state: 'sent', published: [] })
    expect(await publication).toBe('confirmed')
    expect(relay.frames('Publish')).toMatchObject([
      { ref: 1, subject: 'a', broker: 'b', response_subject: 'r', headers: [['k', 'v']] },
    ])
    expect(relay.published()).toMatchObject([{ subject: 'a', data: 1, broker: 'b' }])
  })
  test('is rejected with the error of the relay', async () => {
    const { client, relay } = await tested()
    relay.brokerDown()
    await expect(client.publish('a')).rejects.toMatchObject({ code: 'broker_down', retry: true })
  })
  test('on an invalid subject is rejected without a frame; a pattern needs an option', async () => {
    const { client, relay } = await tested()
    for (const subject of ['', 'a..b', 'good.*', 'a b'])
      await expect(client.publish(subject)).rejects.toEqual(code('invalid_subject'))
    await relay.settled()
    expect(relay.frames('Publish')).toEqual([])
    const publication = client.publish('good.*', 1, { wildcard: true })
    await relay.settled()
    expect(relay.frames('Publish')).toMatchObject([{ subject: 'good.*', wildcard: true }])
    await publication
  })
  test('in flight when its session is lost is unknown, and is not sent again', async () => {
    const one = await tested()
    const outcome = one.client.publish('a')
    await loseSession(one)
    expect(await outcome).toBe('unknown')
    await one.clock.advance(1000)
    expect(one.relay.frames('Publish').length).toBeLessThan(2)
    expect(one.client.status.state).toBe('online')
  })
})

describe('offline, a publish', () => {
  test('is queued, and sent in order after the subscriptions', async () => {
    const { client, relay } = await started()
    const outcomes = Promise.all([client.publish('a', 1), client.publish('a', 2)])
    const received: unknown[] = []
    client.subscribe('a', ({ data }) => received.push(data))
    expect(await outcomes).toEqual(['confirmed', 'confirmed'])
    expect(await client.publish('a', 3)).toBe('confirmed')
    expect(relay.published().map(({ data }) => data)).toEqual([1, 2, 3])
    expect(received).toEqual([1, 2, 3])
  })
  test('stays queued during failed attempts', async () => {
    const { client, relay, clock } = await started()
    relay.cut({ forMs: 2_000 })
    const publication = client.publish('a')
    await clock.advance(2_000)
    expect(publication.state).toBe('waiting')
    await clock.advance(10_000)
    expect(await publication).toBe('confirmed')
  })
  test('beyond the bound of the queue is rejected', async () => {
    const { client } = await started({ client: { queue: 2 } })
    const kept = [client.publish('a'), client.publish('a')]
    await expect(client.publish('a')).rejects.toEqual(code('rate_limited'))
    expect(await Promise.all(kept)).toEqual(['confirmed', 'confirmed'])
  })
  test('has a copy of its bytes', async () => {
    const { client, relay } = await started()
    const bytes = new Uint8Array([1])
    const outcome = client.publish('a', bytes)
    bytes[0] = 2
    await outcome
    expect(relay.published()).toMatchObject([{ bytes: new Uint8Array([1]) }])
  })
})
