import type { ClientFrame, RelayFrame } from '@wildcast/protocol'
import { describe, expect, test, vi } from 'vitest'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import type { SubscriptionStatus } from './subscription-events.js'

const quiet = (): void => undefined
const refusing =
  (code: string, retry = false) =>
  (frame: ClientFrame): RelayFrame | undefined =>
    frame.kind === 'Subscribe' ? { kind: 'Error', ref: frame.ref, code, message: code, retry } : undefined

describe('a listener on a refused pattern', () => {
  test('gets the refusal and the status, even if an earlier listener got them', async () => {
    const { client, relay } = await connect()
    relay.answer = refusing('forbidden')
    client.subscribe('a', quiet, { onError: quiet })
    await settle()
    const onError = vi.fn()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onError, onStatus: (status) => statuses.push(status) })
    await settle()
    expect(onError).toHaveBeenCalledOnce()
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'forbidden' }))
    expect(statuses.at(-1)).toBe('denied')
  })
  test('without onError reports the refusal to the client', async () => {
    const { client, relay, errors } = await connect()
    relay.answer = refusing('unsupported')
    client.subscribe('a', quiet, { onError: quiet })
    await settle()
    client.subscribe('a', quiet)
    await settle()
    expect(errors).toEqual([{ code: 'unsupported', stage: 'subscription', message: 'unsupported' }])
  })
  test('that is an iterator ends with the refusal', async () => {
    const { client, relay } = await connect()
    relay.answer = refusing('forbidden')
    client.subscribe('a', quiet)
    await settle()
    const subscription = client.subscribe('a')
    await expect(subscription.ready).rejects.toMatchObject({ code: 'forbidden' })
    await expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'forbidden' })
  })
  test('gets nothing when it leaves in the same turn', async () => {
    const { client, relay } = await connect()
    relay.answer = refusing('forbidden')
    client.subscribe('a', quiet)
    await settle()
    const onError = vi.fn()
    client.subscribe('a', quiet, { onError })()
    await settle()
    expect(onError).not.toHaveBeenCalled()
  })
  test('waits for the retry with the others if the refusal is not final', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = refusing('broker_down', true)
    client.subscribe('a', quiet, { onError: quiet })
    await settle()
    const onError = vi.fn()
    const subscription = client.subscribe('a', { onError })
    await settle()
    expect(onError).toHaveBeenCalledOnce()
    expect(relay.link.all('Subscribe')).toHaveLength(1)
    relay.answer = () => undefined
    await clock.advance(500)
    await subscription.ready
    expect(relay.link.all('Subscribe')).toHaveLength(2)
  })
  test('subscribes again after all others have left', async () => {
    const { client, relay } = await connect()
    relay.answer = refusing('forbidden')
    client.subscribe('a', quiet)()
    await settle()
    relay.answer = () => undefined
    await client.subscribe('a').ready
    expect(relay.link.all('Subscribe')).toHaveLength(2)
  })
})

describe('beyond the limit of subscriptions', () => {
  test('a new listener subscribes again, since the limit may be free', async () => {
    const { client, relay } = await connect()
    relay.answer = refusing('too_many_subscriptions')
    client.subscribe('a', quiet)
    await settle()
    relay.answer = () => undefined
    await client.subscribe('a').ready
    expect(relay.link.all('Subscribe')).toHaveLength(2)
  })
  test('the first refused subscription is retried when another one ends', async () => {
    const { client, relay, clock, errors } = await connect()
    const undo = client.subscribe('a', quiet)
    await settle()
    relay.answer = refusing('too_many_subscriptions')
    const statuses: Record<string, SubscriptionStatus> = {}
    for (const pattern of ['b', 'c'])
      client.subscribe(pattern, quiet, {
        onStatus(status) {
          statuses[pattern] = status
        },
      })
    await settle()
    expect(statuses).toEqual({ b: 'error', c: 'error' })
    relay.answer = () => undefined
    undo()
    await clock.advance(1000)
    expect(statuses).toEqual({ b: 'ready', c: 'error' })
    expect(relay.link.sent.slice(-2).map(({ kind }) => kind)).toEqual(['Unsubscribe', 'Subscribe'])
    expect(errors).toHaveLength(2)
  })
})

describe('after the final refusal of the whole connection', () => {
  test('a new subscription gets that refusal, handler or iterator', async () => {
    const { client, relay, errors } = start()
    await settle()
    relay.link.drop(4501, 'who are you?')
    const onError = vi.fn()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onError, onStatus: (status) => statuses.push(status) })
    await settle()
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'unauthorized' }))
    expect(statuses).toEqual(['denied'])
    const subscription = client.subscribe('b', { onError: quiet })
    await expect(subscription[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'unauthorized' })
    expect(errors.map(({ stage }) => stage)).toEqual(['transport'])
    client.reconnect()
    await settle()
    expect(statuses.at(-1)).toBe('ready')
  })
})
