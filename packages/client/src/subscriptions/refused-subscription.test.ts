import { describe, expect, test, vi } from 'vitest'
import { loseSession, tested } from '../testing/tested.js'
import type { SubscriptionStatus } from './subscription-events.js'

const quiet = (): void => undefined

describe('a listener on a refused pattern', () => {
  test('gets the refusal and the status, even if an earlier listener got them', async () => {
    const { client, relay } = await tested()
    relay.refuse('subscribe', 'a')
    client.subscribe('a', quiet, { onError: quiet })
    await relay.settled()
    const onError = vi.fn()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onError, onStatus: (status) => statuses.push(status) })
    await relay.settled()
    expect(onError).toHaveBeenCalledOnce()
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'forbidden' }))
    expect(statuses.at(-1)).toBe('denied')
  })
  test('without onError reports the refusal to the client', async () => {
    const { client, relay, errors } = await tested()
    relay.refuse('subscribe', 'a')
    client.subscribe('a', quiet, { onError: quiet })
    await relay.settled()
    client.subscribe('a', quiet)
    await relay.settled()
    expect(errors).toMatchObject([{ code: 'forbidden', stage: 'subscription' }])
  })
  test('that is an iterator ends with the refusal', async () => {
    const { client, relay } = await tested()
    relay.refuse('subscribe', 'a')
    client.subscribe('a', quiet, { onError: quiet })
    await relay.settled()
    const subscription = client.subscribe('a')
    await expect(subscription.ready).rejects.toMatchObject({ code: 'forbidden' })
    await expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'forbidden' })
  })
  test('gets nothing when it leaves in the same turn', async () => {
    const { client, relay } = await tested()
    relay.refuse('subscribe', 'a')
    client.subscribe('a', quiet, { onError: quiet })
    await relay.settled()
    const onError = vi.fn()
    client.subscribe('a', quiet, { onError })()
    await relay.settled()
    expect(onError).not.toHaveBeenCalled()
  })
  test('waits for the retry with the others if the refusal is not final', async () => {
    const { client, relay, clock } = await tested({ limits: { subscribes: 1 } })
    client.subscribe('first', quiet)
    client.subscribe('a', quiet, { onError: quiet })
    await relay.settled()
    const sent = (): number => relay.frames('Subscribe').filter(({ subject }) => subject === 'a').length
    const onError = vi.fn()
    const subscription = client.subscribe('a', { onError })
    await relay.settled()
    expect(onError).toHaveBeenCalledOnce()
    expect(sent()).toBe(1)
    await clock.advance(5000)
    await subscription.ready
    expect(sent()).toBeGreaterThan(1)
  })
  test('subscribes again after all others have left', async () => {
    const { client, relay } = await tested()
    const allow = relay.refuse('subscribe', 'a')
    client.subscribe('a', quiet)()
    await relay.settled()
    allow()
    await client.subscribe('a').ready
    expect(relay.frames('Subscribe')).toHaveLength(2)
  })
})

describe('beyond the limit of subscriptions', () => {
  test('the first refused subscription is retried when another one ends', async () => {
    const { client, relay, clock, errors } = await tested({ limits: { subscriptions: 1 } })
    const undo = client.subscribe('a', quiet)
    await relay.settled()
    const statuses: Record<string, SubscriptionStatus> = {}
    for (const pattern of ['b', 'c'])
      client.subscribe(pattern, quiet, {
        onStatus(status) {
          statuses[pattern] = status
        },
      })
    await relay.settled()
    expect(statuses).toEqual({ b: 'error', c: 'error' })
    undo()
    await clock.advance(1000)
    expect(statuses).toEqual({ b: 'ready', c: 'error' })
    expect(relay.frames('Subscribe').map(({ subject }) => subject)).toEqual(['a', 'b', 'c', 'b'])
    expect(errors.map(({ code }) => code)).toEqual(['too_many_subscriptions', 'too_many_subscriptions'])
  })
  test('a new listener subscribes again, since the limit may be free', async () => {
    const { client, relay } = await tested({ limits: { subscriptions: 1 } })
    client.subscribe('a', quiet)
    client.subscribe('b', quiet)
    await relay.settled()
    await expect(client.subscribe('b').ready).rejects.toMatchObject({ code: 'too_many_subscriptions' })
    expect(relay.frames('Subscribe')).toHaveLength(3)
  })
})

describe('after the final refusal of the whole connection', () => {
  test('a new subscription gets that refusal, handler or iterator', async () => {
    let token = 'unknown'
    const tokens = { known: { subscribe: ['**'] } }
    const { client, relay, errors } = await tested({ auth: { tokens }, client: { token: () => token } })
    await relay.clock.advance(10_000)
    expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'unauthorized' } })
    const onError = vi.fn()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onError, onStatus: (status) => statuses.push(status) })
    await relay.settled()
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'unauthorized' }))
    expect(statuses).toEqual(['denied'])
    const subscription = client.subscribe('b', { onError: quiet })
    await expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'unauthorized' })
    expect(new Set(errors.map(({ stage }) => stage))).toEqual(new Set(['transport']))
    token = 'known'
    client.reconnect()
    await relay.settled()
    expect(statuses.at(-1)).toBe('ready')
  })
})

test('a refusal is gone with the session in which it was given', async () => {
  const one = await tested()
  const allow = one.relay.refuse('subscribe', 'a')
  const statuses: SubscriptionStatus[] = []
  one.client.subscribe('a', quiet, { onError: quiet, onStatus: (status) => statuses.push(status) })
  await one.relay.settled()
  expect(statuses.at(-1)).toBe('denied')
  allow()
  await loseSession(one)
  expect(statuses.at(-1)).toBe('ready')
})
