import { describe, expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'
import { message } from '../testing/message-frame.js'
import type { Undo } from '../time/clock.js'

const group = { group: 'g' }
const say = ({ relay }: Kept, ...texts: string[]): void => {
  for (const text of texts) relay.link.say(message(1, 'a', text))
}
const left = ({ relay }: Kept): unknown[] => relay.link.all('Unsubscribe').map(({ id, handled }) => [id, handled])
const confirmed = ({ relay }: Kept): unknown => relay.link.all('Received').at(-1)?.count

/** What a test settles when it wants. */
function work(): { readonly done: Promise<void>; finish(): void } {
  let finish = (): void => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  return { done, finish }
}

describe('a member of a queue that leaves says how much the app has handled', () => {
  test('by an undo: what has come, which the app has begun', async () => {
    const kept = await keep()
    const undo = kept.client.subscribe('a', () => work().done, group)
    await settle()
    say(kept, '1', '2', '3')
    undo()
    expect(left(kept)).toEqual([[1, 3]])
  })
  test('by an undo within the delivery of a message, which is handled', async () => {
    const kept = await keep()
    const undo: Undo = kept.client.subscribe('a', () => undo(), group)
    await settle()
    say(kept, '1', '2')
    expect(left(kept)).toEqual([[1, 1]])
  })
  test('by a break: the messages that the loop has taken', async () => {
    const kept = await keep()
    const subscription = kept.client.subscribe('a', group)
    await subscription.ready
    say(kept, '1', '2', '3', '4')
    for await (const { data } of subscription) if (data === 2) break
    expect(left(kept)).toEqual([[1, 2]])
  })
  test('by unsubscribe(): the loop ends after the message that it has', async () => {
    const kept = await keep()
    const subscription = kept.client.subscribe('a', group)
    await subscription.ready
    say(kept, '1', '2', '3')
    const seen: unknown[] = []
    for await (const { data } of subscription) {
      seen.push(data)
      subscription.unsubscribe()
    }
    expect(seen).toEqual([1])
    expect(left(kept)).toEqual([[1, 1]])
  })
  test('by an aborted signal, as by unsubscribe()', async () => {
    const kept = await keep()
    const abort = new AbortController()
    const subscription = kept.client.subscribe('a', { ...group, signal: abort.signal })
    await subscription.ready
    say(kept, '1', '2')
    await subscription[Symbol.asyncIterator]().next()
    abort.abort()
    expect(left(kept)).toEqual([[1, 1]])
  })
  test('by close(): only what is done, up to the first that is not', async () => {
    const kept = await keep()
    const works = [work(), work(), work()]
    let count = 0
    kept.client.subscribe('a', () => works[count++]?.done, group)
    await settle()
    say(kept, '1', '2', '3')
    works[0]?.finish()
    works[2]?.finish()
    await settle()
    kept.client.close()
    expect(left(kept)).toEqual([[1, 1]])
    expect(kept.relay.link.closedWith).toBe(1000)
  })
  test('by close(), of a loop: what it has asked to go on from', async () => {
    const kept = await keep()
    const subscription = kept.client.subscribe('a', group)
    await subscription.ready
    say(kept, '1', '2', '3')
    const loop = subscription[Symbol.asyncIterator]()
    await loop.next()
    await loop.next()
    await settle()
    kept.client.close()
    expect(left(kept)).toEqual([[1, 1]])
    expect(await loop.next()).toEqual({ done: true, value: undefined })
  })
  test('and counts from the beginning where the session was lost', async () => {
    const kept = await keep()
    const undo = kept.client.subscribe('a', () => work().done, group)
    await settle()
    say(kept, '1', '2')
    kept.returning = { resumed: false, session: 'other' }
    kept.relay.link.drop()
    await kept.clock.advance(250)
    say(kept, '3')
    undo()
    expect(left(kept)).toEqual([[1, 1]])
  })
  test('and nothing where each gets every message', async () => {
    const kept = await keep()
    kept.client.subscribe('a', () => {})
    await settle()
    kept.client.close()
    expect(left(kept)).toEqual([])
  })
})

describe('what a member of a queue has not handled', () => {
  test('is not confirmed, so that others get it if the page dies', async () => {
    const kept = await keep()
    const works = [work(), work()]
    let count = 0
    kept.client.subscribe('a', () => works[count++]?.done, group)
    await settle()
    await kept.clock.advance(1_000)
    expect(confirmed(kept)).toBe(1) // Subscribed
    say(kept, '1', '2')
    works[1]?.finish()
    await kept.clock.advance(10_000)
    expect(confirmed(kept)).toBe(1)
    works[0]?.finish()
    await kept.clock.advance(1_000)
    expect(confirmed(kept)).toBe(3)
  })
  test('is confirmed all the same when it would keep the relay from writing', async () => {
    const kept = await keep({}, { resume_bytes: 4_000 })
    kept.client.subscribe('a', () => work().done, group)
    await settle()
    say(kept, '1', 'x'.repeat(1_000))
    expect(confirmed(kept)).toBe(3)
  })
  test('is sent again after a resume, and is not handled again', async () => {
    const kept = await keep()
    const seen: unknown[] = []
    const first = work()
    kept.client.subscribe(
      'a',
      ({ data }) => {
        seen.push(data)
        return data === 1 ? first.done : undefined
      },
      group,
    )
    await settle()
    say(kept, '1', '2')
    kept.returning = { resumed: true }
    kept.ignored.add('Ping') // whose answer would come behind what is sent again
    kept.relay.link.drop()
    await kept.clock.advance(250)
    expect(kept.relay.link.all('Connect')).toMatchObject([{ received: 1 }])
    say(kept, '1', '2', '3')
    expect(seen).toEqual([1, 2, 3])
    first.finish()
    await kept.clock.advance(1_000)
    expect(confirmed(kept)).toBe(4)
  })
  test('is no business of a session after it was left', async () => {
    const kept = await keep()
    const subscription = kept.client.subscribe('a', group)
    await subscription.ready
    say(kept, '1', '2')
    subscription.unsubscribe()
    await kept.clock.advance(1_000)
    expect(confirmed(kept)).toBe(4) // with Subscribed and Unsubscribed
  })
})
