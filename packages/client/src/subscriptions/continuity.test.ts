import { describe, expect, test, vi } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { keep } from '../testing/keeping.js'
import { message } from '../testing/message-frame.js'
import type { Subscription } from './subscription.js'
import type { Completeness } from './subscription-events.js'

const stateOf = ({ continuity, asOf, missed }: Subscription): Completeness => ({ continuity, asOf, missed })

describe('continuity', () => {
  test('is catching-up until it is confirmed, then live as of the last frame of the relay', async () => {
    const { client, relay, clock } = await connect()
    const subscription = client.subscribe('a')
    expect(stateOf(subscription)).toEqual({ continuity: 'catching-up', asOf: undefined, missed: 0 })
    await subscription.ready
    expect(stateOf(subscription)).toMatchObject({ continuity: 'live', asOf: clock.now() })
    await clock.advance(5_000)
    relay.link.send({ kind: 'Ping' })
    expect(subscription.asOf).toBe(clock.now())
    const aliveAt = clock.now()
    await clock.advance(5_000)
    expect(subscription.asOf).toBe(aliveAt)
  })
  test('is catching-up while the session is away, and until the relay has sent the kept frames', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const subscription = client.subscribe('a')
    await subscription.ready
    const aliveAt = clock.now()
    await clock.advance(2_000)
    relay.link.drop()
    expect(stateOf(subscription)).toMatchObject({ continuity: 'catching-up', asOf: aliveAt })
    kept.returning = { resumed: true }
    kept.ignored.add('Ping')
    await clock.advance(250)
    expect({ state: client.status.state, pings: relay.link.pings }).toEqual({ state: 'online', pings: 1 })
    expect(subscription.continuity).toBe('catching-up')
    relay.link.send(message(1, 'a'))
    expect(subscription.continuity).toBe('catching-up')
    relay.link.send({ kind: 'Pong' })
    expect(stateOf(subscription)).toMatchObject({ continuity: 'live', asOf: clock.now() })
  })
  test('is stale when the session is lost, then a gap until the next message', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const subscription = client.subscribe('a')
    await subscription.ready
    const aliveAt = clock.now()
    relay.obliging = false
    relay.link.drop()
    await clock.advance(59_999)
    expect(subscription.continuity).toBe('catching-up')
    await clock.advance(1)
    expect(stateOf(subscription)).toMatchObject({ continuity: 'stale', asOf: aliveAt })
    relay.obliging = true
    relay.link.open()
    await settle()
    client.reconnect()
    await clock.advance(30_000)
    expect(client.status.state).toBe('online')
    expect(stateOf(subscription)).toMatchObject({ continuity: 'gap', asOf: aliveAt })
    relay.link.send(message(1, 'a'))
    expect(stateOf(subscription)).toMatchObject({ continuity: 'live', asOf: clock.now() })
  })
  test('is a gap as of the last message before it, with the sum of missed messages', async () => {
    const { client, relay, clock } = await connect()
    const subscription = client.subscribe('a')
    await subscription.ready
    await clock.advance(1_000)
    relay.link.send(message(1, 'a'))
    const lastAt = clock.now()
    await clock.advance(1_000)
    relay.link.send({ kind: 'Gap', id: 1, missed: 3 })
    relay.link.send({ kind: 'Gap', id: 1, missed: 4 })
    relay.link.send({ kind: 'Gap', id: 1 })
    expect(stateOf(subscription)).toEqual({ continuity: 'gap', asOf: lastAt, missed: 7 })
    relay.link.send(message(1, 'a'))
    expect(stateOf(subscription)).toMatchObject({ continuity: 'live', missed: 7 })
  })
  test('is stale if a subscription that was ready is refused, and after close()', async () => {
    const { client, relay } = await connect({ onError: () => {} })
    const [refused, closed] = [client.subscribe('a'), client.subscribe('b')]
    await closed.ready
    relay.link.send({ kind: 'Unsubscribed', id: 1, error: { code: 'forbidden', message: 'no' } })
    expect({ refused: refused.continuity, closed: closed.continuity }).toEqual({ refused: 'stale', closed: 'live' })
    client.close()
    expect(closed.continuity).toBe('stale')
  })
  test('is stale while the relay has lost its broker, also for a new listener; then there is a gap', async () => {
    const { client, relay } = await connect()
    const gaps: unknown[] = []
    const first = client.subscribe('a')
    await first.ready
    client.subscribe('a', () => {}, { onGap: (gap) => gaps.push(gap) })
    relay.link.send({ kind: 'Gap', id: 1, open: true })
    const second = client.subscribe('a')
    expect([first.continuity, second.continuity, gaps]).toEqual(['stale', 'stale', []])
    relay.link.send({ kind: 'Gap', id: 1 })
    expect([first.continuity, second.continuity, gaps.length]).toEqual(['gap', 'gap', 1])
    relay.link.send(message(1, 'a'))
    expect([first.continuity, second.continuity]).toEqual(['live', 'live'])
  })
  test('is reported at each change, and only then', async () => {
    const { client, relay, clock } = await connect()
    const reports: Completeness[] = []
    const onContinuity = (now: Completeness): unknown => reports.push(now)
    client.subscribe('a', () => {}, { onContinuity })
    await settle()
    const at = clock.now()
    for (let i = 0; i < 10; i++) relay.link.send(message(1, 'a'))
    await clock.advance(10_000)
    relay.link.send({ kind: 'Gap', id: 1, missed: 3 })
    relay.link.send(message(1, 'a'))
    expect(reports).toEqual([
      { continuity: 'catching-up', asOf: undefined, missed: 0 },
      { continuity: 'live', asOf: at, missed: 0 },
      { continuity: 'gap', asOf: at, missed: 3 },
      { continuity: 'live', asOf: clock.now(), missed: 3 },
    ])
  })
  test('has no gap for a listener that joined after it', async () => {
    const { client, relay } = await connect()
    const first = client.subscribe('a')
    await first.ready
    relay.link.send({ kind: 'Gap', id: 1, missed: 3 })
    const second = client.subscribe('a')
    expect(first.continuity).toBe('gap')
    expect(stateOf(second)).toMatchObject({ continuity: 'live', missed: 0 })
  })
  test('changes after onGap was called', async () => {
    const { client, relay } = await connect()
    const reports: string[] = []
    client.subscribe('a', () => reports.push('message'), {
      onGap: () => reports.push('onGap'),
      onContinuity: ({ continuity }) => reports.push(continuity),
    })
    await settle()
    relay.link.send({ kind: 'Gap', id: 1 })
    relay.link.send(message(1, 'a'))
    expect(reports).toEqual(['catching-up', 'live', 'onGap', 'gap', 'message', 'live'])
  })
  test('reports a listener that throws', async () => {
    const { client, errors } = await connect()
    const onContinuity = vi.fn(() => {
      throw new Error('boom')
    })
    client.subscribe('a', () => {}, { onContinuity })
    await settle()
    expect(errors).toMatchObject([{ stage: 'handler' }, { stage: 'handler' }])
  })
})
