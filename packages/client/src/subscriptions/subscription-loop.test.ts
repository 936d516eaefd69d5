import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { loseSession, type Tested, tested } from '../testing/tested.js'
import type { Subscription } from './subscription.js'

const send = async ({ relay }: Tested, ...texts: string[]): Promise<void> => {
  for (const text of texts) await relay.publish('a', text)
}
const done = { done: true, value: undefined }

async function opened(): Promise<{
  connected: Tested
  subscription: Subscription
  unsubscribes(): Promise<number>
}> {
  const connected = await tested()
  const subscription = connected.client.subscribe('a')
  await subscription.ready
  return {
    connected,
    subscription,
    async unsubscribes() {
      await connected.clock.advance(1000)
      return connected.relay.frames('Unsubscribe').length
    },
  }
}

describe('a loop settles and unsubscribes', () => {
  test('at return() while next() waits', async () => {
    const { subscription, unsubscribes } = await opened()
    const loop = subscription[Symbol.asyncIterator]()
    const first = loop.next()
    const second = loop.next()
    expect(await loop.return?.()).toEqual(done)
    expect(await first).toEqual(done)
    expect(await second).toEqual(done)
    expect(await loop.next()).toEqual(done)
    expect(await unsubscribes()).toBe(1)
  })
  test('at return() before the first next()', async () => {
    const { subscription, unsubscribes } = await opened()
    expect(await subscription[Symbol.asyncIterator]().return?.()).toEqual(done)
    expect(await unsubscribes()).toBe(1)
  })
  test('at throw(), which rejects with the given error', async () => {
    const { subscription, unsubscribes } = await opened()
    const loop = subscription[Symbol.asyncIterator]()
    const next = loop.next()
    await expect(loop.throw?.(new Error('enough'))).rejects.toThrow('enough')
    expect(await next).toEqual(done)
    expect(await unsubscribes()).toBe(1)
  })
  test('at unsubscribe() while next() waits', async () => {
    const { subscription, unsubscribes } = await opened()
    const next = subscription[Symbol.asyncIterator]().next()
    subscription.unsubscribe()
    expect(await next).toEqual(done)
    expect(await unsubscribes()).toBe(1)
  })
  test('when its signal aborts while next() waits', async () => {
    const connected = await tested()
    const abort = new AbortController()
    const subscription = connected.client.subscribe('a', { signal: abort.signal })
    await subscription.ready
    const next = subscription[Symbol.asyncIterator]().next()
    abort.abort()
    expect(await next).toEqual(done)
    await connected.clock.advance(1000)
    expect(connected.relay.frames('Unsubscribe')).toHaveLength(1)
  })
  test('when its body throws', async () => {
    const { connected, subscription, unsubscribes } = await opened()
    const looping = (async () => {
      for await (const { data } of subscription) throw new Error(`can't take ${data}`)
    })()
    await send(connected, 'x')
    await expect(looping).rejects.toThrow("can't take x")
    expect(await unsubscribes()).toBe(1)
  })
  test('as a stream that is destroyed, with or without an error', async () => {
    for (const error of [undefined, new Error('enough')]) {
      const { connected, subscription, unsubscribes } = await opened()
      const stream = Readable.from(subscription)
      const closed = new Promise((resolve) => stream.once('close', resolve))
      stream.on('error', () => {})
      stream.on('data', () => {})
      await send(connected, 'x')
      await connected.relay.settled()
      stream.destroy(error)
      await closed
      expect(await unsubscribes()).toBe(1)
    }
  })
  test('as a stream that is destroyed before it is read', async () => {
    const { subscription, unsubscribes } = await opened()
    const stream = Readable.from(subscription)
    const closed = new Promise((resolve) => stream.once('close', resolve))
    stream.destroy()
    await closed
    expect(await unsubscribes()).toBe(1)
  })
})

describe('two loops over one subscription', () => {
  test('share its messages: each goes to one of them', async () => {
    const { connected, subscription } = await opened()
    const seen: unknown[] = []
    const loop = async (): Promise<void> => {
      for await (const { data } of subscription) seen.push(data)
    }
    const loops = [loop(), loop()]
    await connected.relay.settled()
    await send(connected, 'x', 'y', 'z')
    subscription.unsubscribe()
    await Promise.all(loops)
    expect(seen.sort()).toEqual(['x', 'y', 'z'])
  })
  test('keep the subscription until the last one ends', async () => {
    const { connected, subscription, unsubscribes } = await opened()
    const first = subscription[Symbol.asyncIterator]()
    const second = subscription[Symbol.asyncIterator]()
    const left = first.next()
    const received = second.next()
    await first.return?.()
    expect(await left).toEqual(done)
    expect(await unsubscribes()).toBe(0)
    await send(connected, 'x')
    expect((await received).value?.data).toBe('x')
    await second.return?.()
    expect(await unsubscribes()).toBe(1)
  })
  test('both end with the refusal', async () => {
    const { connected, subscription } = await opened()
    const next = [subscription, subscription].map((each) => each[Symbol.asyncIterator]().next())
    const settled = Promise.allSettled(next)
    connected.relay.refuse('subscribe', 'a')
    await loseSession(connected)
    const forbidden = { status: 'rejected', reason: { code: 'forbidden' } }
    expect(await settled).toMatchObject([forbidden, forbidden])
  })
})

test('an iterator can be looped over itself', async () => {
  const { connected, subscription, unsubscribes } = await opened()
  const loop = subscription[Symbol.asyncIterator]()
  await send(connected, 'x', 'y')
  expect((await loop.next()).value?.data).toBe('x')
  for await (const { data } of loop) {
    expect(data).toBe('y')
    break
  }
  expect(await unsubscribes()).toBe(1)
})

test('a loop that begins after the end gets the messages that no loop has taken, then ends', async () => {
  const { connected, subscription } = await opened()
  await send(connected, 'x')
  subscription.unsubscribe()
  const seen: unknown[] = []
  for await (const { data } of subscription) seen.push(data)
  expect(seen).toEqual(['x'])
})
