import { describe, expect, test } from 'vitest'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'

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
    const { client, relay } = await connect()
    await client.publish('good.apple', data)
    expect(relay.link.all('Publish')).toMatchObject([{ subject: 'good.apple', message }])
  })
  test('without a JSON form is rejected with a TypeError', async () => {
    const { client } = await connect()
    await expect(client.publish('a', () => 1)).rejects.toThrow(TypeError)
    await expect(client.publish('a', 1n)).rejects.toThrow(TypeError)
  })
  test('beyond the limit of the relay is rejected without a frame', async () => {
    const { client, relay } = await connect()
    await client.publish('a', 'x'.repeat(1000))
    await expect(client.publish('a', 'ü'.repeat(501))).rejects.toEqual(code('too_large'))
    expect(relay.link.all('Publish')).toHaveLength(1)
  })
})

describe('online, a publish', () => {
  test('is confirmed when the broker has it', async () => {
    const { client, relay } = await connect()
    relay.obliging = false
    const outcome = client.publish('a', 1, { broker: 'b', headers: new Map([['k', 'v']]), responseSubject: 'r' })
    expect(relay.link.all('Publish')).toMatchObject([
      { ref: 1, subject: 'a', broker: 'b', response_subject: 'r', headers: [['k', 'v']] },
    ])
    relay.link.send({ kind: 'Ack', ref: 1 })
    expect(await outcome).toBe('confirmed')
  })
  test('is rejected with the error of the relay', async () => {
    const { client, relay } = await connect()
    relay.answer = ({ kind }) =>
      kind === 'Publish'
        ? { kind: 'Error', ref: 1, code: 'broker_down', message: 'down', retry: true, retry_in: 70 }
        : undefined
    await expect(client.publish('a')).rejects.toMatchObject({ code: 'broker_down', retry: true, retryInMs: 70 })
  })
  test('is rejected with an unknown code unchanged', async () => {
    const { client, relay } = await connect()
    relay.answer = ({ kind }) =>
      kind === 'Publish' ? { kind: 'Error', ref: 1, code: 'toString', message: '?', retry: false } : undefined
    await expect(client.publish('a')).rejects.toMatchObject({ code: 'toString', retry: false })
  })
  test('on an invalid subject is rejected without a frame; a pattern needs an option', async () => {
    const { client, relay } = await connect()
    for (const subject of ['', 'a..b', 'good.*', 'a b'])
      await expect(client.publish(subject)).rejects.toEqual(code('invalid_subject'))
    expect(relay.link.all('Publish')).toEqual([])
    await client.publish('good.*', 1, { wildcard: true })
    expect(relay.link.all('Publish')).toMatchObject([{ subject: 'good.*', wildcard: true }])
  })
  test('in flight at a drop is unknown, and is not sent again', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = ({ kind }) => (kind === 'Publish' ? 'nothing' : undefined)
    const outcome = client.publish('a')
    relay.link.drop()
    expect(await outcome).toBe('unknown')
    await clock.advance(1000)
    expect(relay.link.all('Publish')).toEqual([])
  })
})

describe('offline, a publish', () => {
  test('is queued, and sent in order after the subscriptions', async () => {
    const { client, relay } = start()
    const outcomes = Promise.all([client.publish('a', 1), client.publish('a', 2)])
    client.subscribe('a', () => undefined)
    await settle()
    const later = client.publish('a', 3)
    expect(relay.link.sent.map(({ kind }) => kind)).toEqual(['Connect', 'Subscribe', 'Publish', 'Publish', 'Publish'])
    expect(relay.link.all('Publish').map(({ message }) => message)).toEqual(['1', '2', '3'])
    expect(await outcomes).toEqual(['confirmed', 'confirmed'])
    expect(await later).toBe('confirmed')
  })
  test('stays queued during failed attempts', async () => {
    const { client, relay, clock } = start()
    relay.obliging = false
    const outcome = client.publish('a')
    await settle()
    relay.link.drop()
    relay.obliging = true
    await clock.advance(250)
    expect(await outcome).toBe('confirmed')
  })
  test('beyond the bound of the queue is rejected', async () => {
    const { client } = start({ queue: 2 })
    const kept = [client.publish('a'), client.publish('a')]
    await expect(client.publish('a')).rejects.toEqual(code('rate_limited'))
    expect(await Promise.all(kept)).toEqual(['confirmed', 'confirmed'])
  })
  test('has a copy of its bytes', async () => {
    const { client, relay } = start()
    const bytes = new Uint8Array([1])
    const outcome = client.publish('a', bytes)
    bytes[0] = 2
    await outcome
    expect(relay.link.all('Publish')).toMatchObject([{ message: new Uint8Array([1]) }])
  })
})
