import { describe, expect, test } from 'vitest'
import { loseSession, started, type Tested, tested } from '../testing/tested.js'
import type { Subscription } from './subscription.js'

const send = async ({ relay }: Tested, ...texts: string[]): Promise<void> => {
  for (const text of texts) await relay.publish('a', text)
}

/** Returns the data of all messages of a loop. */
async function collect(subscription: Subscription): Promise<unknown[]> {
  const seen: unknown[] = []
  for await (const { data } of subscription) seen.push(data)
  return seen
}

test('is ready when the broker has confirmed', async () => {
  const { client } = await started()
  await client.subscribe('a').ready
})

test('a slow loop loses nothing, not even messages from before its start', async () => {
  const connected = await tested()
  const subscription = connected.client.subscribe('a')
  await subscription.ready
  await send(connected, 'x', 'y')
  const seen: unknown[] = []
  for await (const { data } of subscription) {
    seen.push(data)
    if (data === 'x') await send(connected, 'z')
    if (data === 'z') subscription.unsubscribe()
    await connected.relay.settled()
  }
  expect(seen).toEqual(['x', 'y', 'z'])
})

test('leaving the loop unsubscribes', async () => {
  const connected = await tested()
  const subscription = connected.client.subscribe('a')
  await subscription.ready
  await send(connected, 'x')
  for await (const _ of subscription) break
  await connected.clock.advance(1000)
  expect(connected.relay.frames('Unsubscribe')).toHaveLength(1)
})

test('a signal ends the loop after the messages received before', async () => {
  const connected = await tested()
  const abort = new AbortController()
  const subscription = connected.client.subscribe('a', { signal: abort.signal })
  const seen = collect(subscription)
  await subscription.ready
  await send(connected, 'x')
  abort.abort()
  expect(await seen).toEqual(['x'])
})

test('an aborted signal subscribes nothing', async () => {
  const { client, relay } = await tested()
  const subscription = client.subscribe('a', { signal: AbortSignal.abort() })
  expect(await collect(subscription)).toEqual([])
  await expect(subscription.ready).rejects.toMatchObject({ code: 'interrupted' })
  expect(relay.frames('Subscribe')).toEqual([])
})

test('continues after a reconnect', async () => {
  const connected = await tested()
  const gaps: unknown[] = []
  const subscription = connected.client.subscribe('a', { onGap: (gap) => gaps.push(gap) })
  const seen = collect(subscription)
  await subscription.ready
  await send(connected, 'x')
  await loseSession(connected)
  await send(connected, 'y')
  subscription.unsubscribe()
  expect(await seen).toEqual(['x', 'y'])
  expect(gaps).toEqual([{}])
})

describe('a refusal', () => {
  test('that is final rejects ready, throws in the loop, and is reported', async () => {
    const { client, relay, errors } = await tested()
    relay.refuse('subscribe', 'a')
    const subscription = client.subscribe('a')
    await expect(collect(subscription)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(subscription.ready).rejects.toMatchObject({ code: 'forbidden' })
    expect(errors).toMatchObject([{ code: 'forbidden', stage: 'subscription' }])
  })
  test('that is retried is only reported', async () => {
    const { client, clock, errors } = await tested({ limits: { subscribes: 1 } })
    client.subscribe('first', () => {})
    const subscription = client.subscribe('a')
    await clock.advance(5000)
    await subscription.ready
    expect(errors[0]).toMatchObject({ code: 'rate_limited', stage: 'subscription' })
  })
})

test('closing the client ends the loop, and rejects a pending ready', async () => {
  const { client, relay } = await tested()
  relay.delay(1000)
  const subscription = client.subscribe('a')
  const seen = collect(subscription)
  await relay.settled()
  client.close()
  expect(await seen).toEqual([])
  await expect(subscription.ready).rejects.toMatchObject({ code: 'interrupted' })
})
