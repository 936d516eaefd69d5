import { jsonCodec } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { createClient } from '../client.js'
import { msgpack } from '../msgpack.js'
import { connect, start } from '../testing/connect.js'

const quiet = (): void => undefined
const codecs = { jsonCodec, msgpack }

describe.each(Object.entries(codecs))('with %s', (_, codec) => {
  test.each([
    [1.5, 2],
    [0.1, 1],
    [1e-300, 1],
    [300_001, 300_000],
    [2 ** 31, 300_000],
    [Number.MAX_VALUE, 300_000],
    [Number.POSITIVE_INFINITY, 300_000],
  ])('timeoutMs: %d sends the relay a timeout of %d ms', async (timeoutMs, timeout) => {
    const { client, relay } = await connect({ codec })
    client.request('a', 1, { timeoutMs }).catch(quiet)
    await expect.poll(() => relay.link.all('Request')).toMatchObject([{ timeout }])
  })
  test('an infinite timeoutMs is the longest allowed one', async () => {
    const { client, relay, clock } = await connect({ codec })
    const answer = expect(client.request('a', 1, { timeoutMs: Number.POSITIVE_INFINITY })).rejects.toMatchObject({
      code: 'timeout',
      message: 'no answer within 300000 ms',
    })
    for (let elapsedMs = 0; elapsedMs < 301_000; elapsedMs += 30_000) {
      relay.link.send({ kind: 'Ping' })
      await clock.advance(30_000)
    }
    await answer
  })
  test.each([
    [Number.POSITIVE_INFINITY, undefined],
    [0.5, { max_rate: 0.5 }],
    [1e-300, { max_rate: 0.001 }],
    [2 ** 31, { max_rate: 2 ** 31 }],
  ])('maxRate: %d is sent as the policy %j', async (maxRate, policy) => {
    const { client, relay } = await connect({ codec })
    client.subscribe('a', quiet, { maxRate })
    expect(relay.link.all('Subscribe')[0]?.policy).toEqual(policy)
  })
})

describe('the call rejects', () => {
  test.each([
    [Number.NaN, RangeError],
    [-1, RangeError],
    [Number.NEGATIVE_INFINITY, RangeError],
    [0, RangeError],
    ['600', TypeError],
    [null, TypeError],
    [600n, TypeError],
    [{}, TypeError],
  ])('timeoutMs: %s', async (value, expected) => {
    const { client, relay, clock } = await connect()
    const timers = clock.timers
    const timeoutMs = value as number
    await expect(client.request('a', 1, { timeoutMs })).rejects.toThrow(expected)
    await expect(client.request('a', 1, { timeoutMs })).rejects.toThrow(/^timeoutMs must be a number above 0/)
    expect(relay.link.all('Request')).toEqual([])
    expect(clock.timers).toBe(timers)
  })
  test.each([
    [Number.NaN, RangeError],
    [-1, RangeError],
    [0, RangeError],
    ['10', TypeError],
    [null, TypeError],
  ])('maxRate: %s', async (value, expected) => {
    const { client, relay } = await connect()
    const maxRate = value as number
    expect(() => client.subscribe('a', quiet, { maxRate })).toThrow(expected)
    expect(() => client.subscribe('a', { maxRate })).toThrow(/^maxRate must be a number above 0/)
    expect(relay.link.all('Subscribe')).toEqual([])
  })
  test.each([
    [Number.NaN, RangeError],
    [-1, RangeError],
    ['10', TypeError],
    [null, TypeError],
  ])('queue: %s', (value, expected) => {
    const open = () => createClient({ url: 'ws://relay.test', queue: value as number })
    expect(open).toThrow(expected)
    expect(open).toThrow(/^queue must be a number from 0/)
  })
})

describe('queue', () => {
  test('0 queues nothing while offline', async () => {
    const { client } = start({ queue: 0 })
    await expect(client.publish('a', 1)).rejects.toMatchObject({ code: 'rate_limited' })
  })
  test('Infinity queues everything', async () => {
    const { client } = start({ queue: Number.POSITIVE_INFINITY })
    const all = Array.from({ length: 3000 }, () => client.publish('a', 1))
    expect(new Set(await Promise.all(all))).toEqual(new Set(['confirmed']))
  })
  test('a fraction is rounded down', async () => {
    const { client } = start({ queue: 1.5 })
    const first = client.publish('a', 1)
    await expect(client.publish('a', 2)).rejects.toMatchObject({
      code: 'rate_limited',
      message: expect.stringContaining(' 1 '),
    })
    expect(await first).toBe('confirmed')
  })
})
