import { describe, expect, test, vi } from 'vitest'
import { createClient } from '../client.js'
import { started, tested, timed } from '../testing/tested.js'

const quiet = (): void => undefined
describe('the relay is sent', () => {
  test.each([
    [1.5, 2],
    [0.1, 1],
    [1e-300, 1],
    [300_001, 300_000],
    [2 ** 31, 300_000],
    [Number.MAX_VALUE, 300_000],
    [Number.POSITIVE_INFINITY, 300_000],
  ])('for timeoutMs: %d a timeout of %d ms', async (timeoutMs, timeout) => {
    const { client, relay } = await tested()
    client.request('a', 1, { timeoutMs }).catch(quiet)
    await relay.settled()
    expect(relay.frames('Request')).toMatchObject([{ timeout }])
  })
  test.each([
    [Number.POSITIVE_INFINITY, undefined],
    [0.5, { max_rate: 0.5 }],
    [1e-300, { max_rate: 0.001 }],
    [2 ** 31, { max_rate: 2 ** 31 }],
  ])('for maxRate: %d the policy %j', async (maxRate, policy) => {
    const { client, relay } = await tested()
    await client.subscribe('a', { maxRate }).ready
    expect(relay.frames('Subscribe').map((frame) => frame.policy)).toEqual([policy])
  })
})

test('an infinite timeoutMs is the longest allowed one', async () => {
  const { client, relay, clock } = await tested()
  relay.createClient().serve('a', () => new Promise(quiet))
  await relay.settled()
  const answer = client.request('a', 1, { timeoutMs: Number.POSITIVE_INFINITY })
  const late = expect(answer).rejects.toMatchObject({ code: 'timeout', message: expect.stringMatching(/300000 ms/) })
  const settled = vi.fn()
  answer.catch(settled)
  await clock.advance(299_999)
  expect(settled).not.toHaveBeenCalled()
  await clock.advance(1)
  await late
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
    const { client, relay, own } = await timed()
    await relay.settled()
    const { timers } = own
    const timeoutMs = value as number
    await expect(client.request('a', 1, { timeoutMs })).rejects.toThrow(expected)
    await expect(client.request('a', 1, { timeoutMs })).rejects.toThrow(/^timeoutMs must be a number above 0/)
    await relay.settled()
    expect(relay.frames('Request')).toEqual([])
    expect(own.timers).toBe(timers)
  })
  test.each([
    [Number.NaN, RangeError],
    [-1, RangeError],
    [0, RangeError],
    ['10', TypeError],
    [null, TypeError],
  ])('maxRate: %s', async (value, expected) => {
    const { client, relay } = await tested()
    const maxRate = value as number
    expect(() => client.subscribe('a', quiet, { maxRate })).toThrow(expected)
    expect(() => client.subscribe('a', { maxRate })).toThrow(/^maxRate must be a number above 0/)
    await relay.settled()
    expect(relay.frames('Subscribe')).toEqual([])
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
    const { client } = await started({ client: { queue: 0 } })
    await expect(client.publish('a', 1)).rejects.toMatchObject({ code: 'rate_limited' })
  })
  test('Infinity queues everything', async () => {
    const { client } = await started({ client: { queue: Number.POSITIVE_INFINITY } })
    const all = Array.from({ length: 3000 }, () => client.publish('a', 1))
    expect(new Set(await Promise.all(all))).toEqual(new Set(['confirmed']))
  })
  test('a fraction is rounded down', async () => {
    const { client } = await started({ client: { queue: 1.5 } })
    const first = client.publish('a', 1)
    await expect(client.publish('a', 2)).rejects.toMatchObject({
      code: 'rate_limited',
      message: expect.stringContaining(' 1 '),
    })
    expect(await first).toBe('confirmed')
  })
})
