import { describe, expect, test } from 'vitest'
import { type Connected, connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import type { Subscription } from './subscription.js'

const send = ({ relay }: Connected, ...texts: string[]): void => {
  for (const message of texts) relay.link.send({ kind: 'Message', id: 1, subject: 'a', message, broker: 'test' })
}

/** Returns the data of all messages of a loop. */
async function collect(subscription: Subscription): Promise<unknown[]> {
  const seen: unknown[] = []
  for await (const { data } of subscription) seen.push(data)
  return seen
}

test('is ready when the broker has confirmed', async () => {
  const { client } = start()
  await client.subscribe('a').ready
})

test('a slow loop loses nothing, not even messages from before its start', async () => {
  const connected = await connect()
  const subscription = connected.client.subscribe('a')
  await subscription.ready
  send(connected, 'x', 'y')
  const seen: unknown[] = []
  for await (const { data } of subscription) {
    seen.push(data)
    if (data === 'x') send(connected, 'z')
    if (data === 'z') subscription.unsubscribe()
    await settle()
  }
  expect(seen).toEqual(['x', 'y', 'z'])
})

test('leaving the loop unsubscribes', async () => {
  const connected = await connect()
  const subscription = connected.client.subscribe('a')
  await subscription.ready
  send(connected, 'x')
  for await (const _ of subscription) break
  await connected.clock.advance(1000)
  expect(connected.relay.link.all('Unsubscribe')).toHaveLength(1)
})

test('a signal ends the loop after the messages received before', async () => {
  const connected = await connect()
  const abort = new AbortController()
  const subscription = connected.client.subscribe('a', { signal: abort.signal })
  const seen = collect(subscription)
  await subscription.ready
  send(connected, 'x')
  abort.abort()
  expect(await seen).toEqual(['x'])
})

test('an aborted signal subscribes nothing', async () => {
  const { client, relay } = await connect()
  const subscription = client.subscribe('a', { signal: AbortSignal.abort() })
  expect(await collect(subscription)).toEqual([])
  await expect(subscription.ready).rejects.toMatchObject({ code: 'interrupted' })
  expect(relay.link.all('Subscribe')).toEqual([])
})

test('continues after a reconnect', async () => {
  const connected = await connect()
  const gaps: unknown[] = []
  const subscription = connected.client.subscribe('a', { onGap: (gap) => gaps.push(gap) })
  const seen = collect(subscription)
  await subscription.ready
  send(connected, 'x')
  connected.relay.link.drop()
  await connected.clock.advance(250)
  send(connected, 'y')
  subscription.unsubscribe()
  expect(await seen).toEqual(['x', 'y'])
  expect(gaps).toEqual([{}])
})

describe('a refusal', () => {
  test('that is final rejects ready, throws in the loop, and is reported', async () => {
    const { client, relay, errors } = await connect()
    relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
        : undefined
    const subscription = client.subscribe('a')
    await expect(collect(subscription)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(subscription.ready).rejects.toMatchObject({ code: 'forbidden' })
    expect(errors).toMatchObject([{ code: 'forbidden', stage: 'subscription' }])
  })
  test('that is retried is only reported', async () => {
    const { client, relay, clock, errors } = await connect()
    let down = 1
    relay.answer = (frame) =>
      frame.kind === 'Subscribe' && down-- > 0
        ? { kind: 'Error', ref: frame.ref, code: 'broker_down', message: 'down', retry: true }
        : undefined
    const subscription = client.subscribe('a')
    await clock.advance(250)
    await subscription.ready
    expect(errors).toMatchObject([{ code: 'broker_down', stage: 'subscription' }])
  })
})

test('closing the client ends the loop, and rejects a pending ready', async () => {
  const { client, relay } = start()
  relay.obliging = false
  const subscription = client.subscribe('a')
  const seen = collect(subscription)
  client.close()
  expect(await seen).toEqual([])
  await expect(subscription.ready).rejects.toMatchObject({ code: 'interrupted' })
})
