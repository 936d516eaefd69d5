// Scripted: the subject is the wire: counts and confirmations of queued messages.
import { describe, expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'
import { message } from '../testing/message-frame.js'
import type { Undo } from '../time/clock.js'

const group = { group: 'g' }
const send = ({ relay }: Kept, ...texts: string[]): void => {
  for (const text of texts) relay.link.send(message(1, 'a', text))
}
const left = ({ relay }: Kept): unknown[] => relay.link.all('Unsubscribe').map(({ id, handled }) => [id, handled])
const confirmed = ({ relay }: Kept): unknown => relay.link.all('Received').at(-1)?.count

/** A promise that a test settles. */
function work(): { readonly done: Promise<void>; finish(): void } {
  let finish = (): void => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  return { done, finish }
}

describe('a member that leaves a queue reports how many messages the app has handled', () => {
  test('by an undo: all delivered messages', async () => {
    const kept = await keep()
    const undo = kept.client.subscribe('a', () => work().done, group)
    await settle()
    send(kept, '1', '2', '3')
    undo()
    expect(left(kept)).toEqual([[1, 3]])
  })
  test('by an undo within a handler: including the current message', async () => {
    const kept = await keep()
    const undo: Undo = kept.client.subscribe('a', () => undo(), group)
    await settle()
    send(kept, '1', '2')
    expect(left(kept)).toEqual([[1, 1]])
  })
  test('by a break: the messages that the loop has taken', async () => {
    const kept = await keep()
    const subscription = kept.client.subscribe('a', group)
    await subscription.ready
    send(kept, '1', '2', '3', '4')
    for await (const { data } of subscription) if (data === 2) break
    expect(left(kept)).toEqual([[1, 2]])
  })
  test('by unsubscribe(): including the current message, after which the loop ends', async () => {
    const kept = await keep()
    const subscription = kept.client.subscribe('a', group)
    await subscription.ready
    send(kept, '1', '2', '3')
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
    send(kept, '1', '2')
    await subscription[Symbol.asyncIterator]().next()
    abort.abort()
    expect(left(kept)).toEqual([[1, 1]])
  })
  test('by close(): those before the first unhandled message', async () => {
    const kept = await keep()
    const works = [work(), work(), work()]
    let count = 0
    kept.client.subscribe('a', () => works[count++]?.done, group)
    await settle()
    send(kept, '1', '2', '3')
    works[0]?.finish()
    works[2]?.finish()
    await settle()
    kept.client.close()
    expect(left(kept)).toEqual([[1, 1]])
    expect(kept.relay.link.closedWith).toBe(1000)
  })
  test('by close() of a loop: those before the one that it handles', async () => {
    const kept = await keep()
    const subscription = kept.client.subscribe('a', group)
    await subscription.ready
    send(kept, '1', '2', '3')
    const loop = subscription[Symbol.asyncIterator]()
    await loop.next()
    await loop.next()
    await settle()
    kept.client.close()
    expect(left(kept)).toEqual([[1, 1]])
    expect(await loop.next()).toEqual({ done: true, value: undefined })
  })
  test('counting from 0 again after a lost session', async () => {
    const kept = await keep()
    const undo = kept.client.subscribe('a', () => work().done, group)
    await settle()
    send(kept, '1', '2')
    kept.returning = { resumed: false, session: 'other' }
    kept.relay.link.drop()
    await kept.clock.advance(250)
    send(kept, '3')
    undo()
    expect(left(kept)).toEqual([[1, 1]])
  })
  test('and nothing without a group', async () => {
    const kept = await keep()
    kept.client.subscribe('a', () => {})
    await settle()
    kept.client.close()
    expect(left(kept)).toEqual([])
  })
})

describe('an unhandled message of a queue', () => {
  test('is not confirmed, so that another member gets it if the page crashes', async () => {
    const kept = await keep()
    const works = [work(), work()]
    let count = 0
    kept.client.subscribe('a', () => works[count++]?.done, group)
    await settle()
    await kept.clock.advance(1_000)
    expect(confirmed(kept)).toBe(1) // Subscribed
    send(kept, '1', '2')
    works[1]?.finish()
    await kept.clock.advance(10_000)
    expect(confirmed(kept)).toBe(1)
    works[0]?.finish()
    await kept.clock.advance(1_000)
    expect(confirmed(kept)).toBe(3)
  })
  test('is confirmed if the relay would otherwise stop sending', async () => {
    const kept = await keep({}, { resume_bytes: 4_000 })
    kept.client.subscribe('a', () => work().done, group)
    await settle()
    send(kept, '1', 'x'.repeat(1_000))
    expect(confirmed(kept)).toBe(3)
  })
  test('is sent again after a resume, but not handled again', async () => {
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
    send(kept, '1', '2')
    kept.returning = { resumed: true }
    kept.ignored.add('Ping') // its answer would come after the repeated frames
    kept.relay.link.drop()
    await kept.clock.advance(250)
    expect(kept.relay.link.all('Connect')).toMatchObject([{ received: 1 }])
    send(kept, '1', '2', '3')
    expect(seen).toEqual([1, 2, 3])
    first.finish()
    await kept.clock.advance(1_000)
    expect(confirmed(kept)).toBe(4)
  })
  test('does not delay confirmations after its subscription has ended', async () => {
    const kept = await keep()
    const subscription = kept.client.subscribe('a', group)
    await subscription.ready
    send(kept, '1', '2')
    subscription.unsubscribe()
    await kept.clock.advance(1_000)
    expect(confirmed(kept)).toBe(4) // with Subscribed and Unsubscribed
  })
})
