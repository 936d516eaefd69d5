import { describe, expect, test, vi } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { keep } from '../testing/keeping.js'
import { message } from '../testing/message-frame.js'
import type { Completeness } from './subscription-events.js'

describe('continuity', () => {
  test('is catching-up until it is confirmed, then live as of the last sign of life', async () => {
    const { client, relay, clock } = await connect()
    const subscription = client.subscribe('a')
    expect([subscription.continuity, subscription.asOf, subscription.missed]).toEqual(['catching-up', undefined, 0])
    await subscription.ready
    expect([subscription.continuity, subscription.asOf]).toEqual(['live', clock.now()])
    await clock.advance(5_000)
    relay.link.say({ kind: 'Ping' })
    expect(subscription.asOf).toBe(clock.now())
    const heardAt = clock.now()
    await clock.advance(5_000)
    expect(subscription.asOf).toBe(heardAt)
  })
  test('is catching-up while the session is away, and until the relay has sent what it kept', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const subscription = client.subscribe('a')
    await subscription.ready
    const heardAt = clock.now()
    await clock.advance(2_000)
    relay.link.drop()
    expect([subscription.continuity, subscription.asOf]).toEqual(['catching-up', heardAt])
    kept.returning = { resumed: true }
    kept.ignored.add('Ping')
    await clock.advance(250)
    expect([client.status.state, relay.link.pings, subscription.continuity]).toEqual(['online', 1, 'catching-up'])
    relay.link.say(message(1, 'a'))
    expect(subscription.continuity).toBe('catching-up')
    relay.link.say({ kind: 'Pong' })
    expect([subscription.continuity, subscription.asOf]).toEqual(['live', clock.now()])
  })
  test('is stale when the session is lost, then a gap until the next message', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const subscription = client.subscribe('a')
    await subscription.ready
    const heardAt = clock.now()
    relay.obliging = false
    relay.link.drop()
    await clock.advance(59_999)
    expect(subscription.continuity).toBe('catching-up')
    await clock.advance(1)
    expect([subscription.continuity, subscription.asOf]).toEqual(['stale', heardAt])
    relay.obliging = true
    relay.link.open()
    await settle()
    client.reconnect()
    await clock.advance(30_000)
    expect([client.status.state, subscription.continuity, subscription.asOf]).toEqual(['online', 'gap', heardAt])
    relay.link.say(message(1, 'a'))
    expect([subscription.continuity, subscription.asOf]).toEqual(['live', clock.now()])
  })
  test('is a gap as of the last message before it, and adds up what was missed', async () => {
    const { client, relay, clock } = await connect()
    const subscription = client.subscribe('a')
    await subscription.ready
    await clock.advance(1_000)
    relay.link.say(message(1, 'a'))
    const lastAt = clock.now()
    await clock.advance(1_000)
    relay.link.say({ kind: 'Gap', id: 1, missed: 3 })
    relay.link.say({ kind: 'Gap', id: 1, missed: 4 })
    relay.link.say({ kind: 'Gap', id: 1 })
    expect([subscription.continuity, subscription.asOf, subscription.missed]).toEqual(['gap', lastAt, 7])
    relay.link.say(message(1, 'a'))
    expect([subscription.continuity, subscription.missed]).toEqual(['live', 7])
  })
  test('is stale where a subscription that was ready is refused, and after close()', async () => {
    const { client, relay } = await connect({ onError: () => {} })
    const [refused, closed] = [client.subscribe('a'), client.subscribe('b')]
    await closed.ready
    relay.link.say({ kind: 'Unsubscribed', id: 1, error: { code: 'forbidden', message: 'no' } })
    expect([refused.continuity, closed.continuity]).toEqual(['stale', 'live'])
    client.close()
    expect(closed.continuity).toBe('stale')
  })
  test('is told at each change, and only then', async () => {
    const { client, relay, clock } = await connect()
    const told: Completeness[] = []
    const onContinuity = (now: Completeness): unknown => told.push(now)
    client.subscribe('a', () => {}, { onContinuity })
    await settle()
    const at = clock.now()
    for (let i = 0; i < 10; i++) relay.link.say(message(1, 'a'))
    await clock.advance(10_000)
    relay.link.say({ kind: 'Gap', id: 1, missed: 3 })
    relay.link.say(message(1, 'a'))
    expect(told).toEqual([
      { continuity: 'catching-up', asOf: undefined, missed: 0 },
      { continuity: 'live', asOf: at, missed: 0 },
      { continuity: 'gap', asOf: at, missed: 3 },
      { continuity: 'live', asOf: clock.now(), missed: 3 },
    ])
  })
  test('a member that came after a gap has none', async () => {
    const { client, relay } = await connect()
    const first = client.subscribe('a')
    await first.ready
    relay.link.say({ kind: 'Gap', id: 1, missed: 3 })
    const second = client.subscribe('a')
    expect([first.continuity, second.continuity, second.missed]).toEqual(['gap', 'live', 0])
  })
  test('a gap is told before the state that follows from it', async () => {
    const { client, relay } = await connect()
    const told: string[] = []
    client.subscribe('a', () => told.push('message'), {
      onGap: () => told.push('onGap'),
      onContinuity: ({ continuity }) => told.push(continuity),
    })
    await settle()
    relay.link.say({ kind: 'Gap', id: 1 })
    relay.link.say(message(1, 'a'))
    expect(told).toEqual(['catching-up', 'live', 'onGap', 'gap', 'message', 'live'])
  })
  test('a listener that throws is reported', async () => {
    const { client, errors } = await connect()
    const onContinuity = vi.fn(() => {
      throw new Error('boom')
    })
    client.subscribe('a', () => {}, { onContinuity })
    await settle()
    expect(errors).toMatchObject([{ stage: 'handler' }, { stage: 'handler' }])
  })
})
