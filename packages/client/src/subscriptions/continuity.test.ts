import { describe, expect, test, vi } from 'vitest'
import { tested } from '../testing/tested.js'
import type { Subscription } from './subscription.js'
import type { Completeness } from './subscription-events.js'

const stateOf = ({ continuity, asOf, missed }: Subscription): Completeness => ({ continuity, asOf, missed })

describe('continuity', () => {
  test('is catching-up until it is confirmed, then live as of the last frame of the relay', async () => {
    const { client, relay, clock } = await tested()
    const subscription = client.subscribe('a')
    expect(stateOf(subscription)).toEqual({ continuity: 'catching-up', asOf: undefined, missed: 0 })
    await subscription.ready
    expect(stateOf(subscription)).toMatchObject({ continuity: 'live', asOf: clock.now() })
    await clock.advance(5_000)
    await client.publish('b')
    expect(subscription.asOf).toBe(clock.now())
    await clock.advance(1_000) // the relay has confirmed the frames of the client, too
    const aliveAt = clock.now()
    await clock.advance(5_000)
    expect(relay.frames('Ping')).toEqual([])
    expect(subscription.asOf).toBe(aliveAt)
  })
  test('is catching-up while the session is away, and until the relay has sent the kept frames', async () => {
    const { client, relay, clock } = await tested()
    const subscription = client.subscribe('a')
    await subscription.ready
    await clock.advance(1_000) // the relay has confirmed the frames of the client, too
    const aliveAt = clock.now()
    await clock.advance(2_000)
    relay.cut()
    await relay.settled()
    expect(stateOf(subscription)).toMatchObject({ continuity: 'catching-up', asOf: aliveAt })
    await relay.publish('a', 1) // while the client is away
    relay.delay(1_000)
    await clock.advance(2_500)
    expect({ state: client.status.state, pings: relay.frames('Ping').length }).toEqual({ state: 'online', pings: 1 })
    expect(subscription.continuity).toBe('catching-up')
    await clock.advance(2_000)
    expect(stateOf(subscription)).toMatchObject({ continuity: 'live', missed: 0 })
    expect(subscription.asOf).toBeGreaterThan(aliveAt + 2_000)
  })
  test('is stale when the session is lost, then a gap until the next message', async () => {
    const { client, relay, clock } = await tested()
    const subscription = client.subscribe('a')
    await subscription.ready
    const aliveAt = clock.now()
    relay.cut({ forMs: 70_000 })
    await clock.advance(59_999)
    expect(subscription.continuity).toBe('catching-up')
    await clock.advance(1)
    expect(stateOf(subscription)).toMatchObject({ continuity: 'stale', asOf: aliveAt })
    await clock.advance(60_000)
    expect(client.status.state).toBe('online')
    expect(stateOf(subscription)).toMatchObject({ continuity: 'gap', asOf: aliveAt })
    await relay.publish('a', 1)
    expect(stateOf(subscription)).toMatchObject({ continuity: 'live', asOf: clock.now() })
  })
  test('is a gap as of the last message before it, with the sum of missed messages', async () => {
    const { client, relay, clock } = await tested({ limits: { backlog: 2_000 } })
    const subscription = client.subscribe('a')
    await subscription.ready
    const missed: (number | undefined)[] = []
    const reports: Completeness[] = []
    client.subscribe('a', () => {}, {
      onGap: (gap) => missed.push(gap.missed),
      onContinuity: (now) => reports.push(now),
    })
    for (let round = 0; round < 2; round++) {
      const release = relay.slow()
      for (let n = 0; n < 20; n++) await relay.publish('a', 'x'.repeat(1000))
      release()
      await clock.advance(1_000)
      await relay.publish('a', 1)
    }
    const [first = 0, second = 0] = missed
    expect({ first: first > 0, second: second > 0, gaps: missed.length }).toEqual({
      first: true,
      second: true,
      gaps: 2,
    })
    expect(reports.filter(({ continuity }) => continuity === 'gap')).toMatchObject([
      { missed: first },
      { missed: first + second },
    ])
    expect(stateOf(subscription)).toMatchObject({ continuity: 'live', missed: first + second })
  })
  test('is stale if the client has no access any longer, and after close()', async () => {
    const auth = { tokens: { ada: { user: 'ada', subscribe: ['**'] } } }
    const { client, relay, errors } = await tested({ auth, client: { token: 'ada' } })
    const subscription = client.subscribe('a')
    await subscription.ready
    relay.expire('ada')
    await relay.settled()
    expect({ continuity: subscription.continuity, state: client.status.state }).toEqual({
      continuity: 'stale',
      state: 'closed',
    })
    expect(errors).toMatchObject([{ code: 'token_expired' }, { code: 'token_expired' }])
    const other = (await tested()).client
    const closed = other.subscribe('b')
    await closed.ready
    expect(closed.continuity).toBe('live')
    other.close()
    expect(closed.continuity).toBe('stale')
  })
  test('is stale while the relay has lost its broker, also for a new listener; then there is a gap', async () => {
    const { client, relay } = await tested()
    const gaps: unknown[] = []
    const first = client.subscribe('a')
    await first.ready
    client.subscribe('a', () => {}, { onGap: (gap) => gaps.push(gap) })
    relay.brokerDown()
    await relay.settled()
    const second = client.subscribe('a')
    expect([first.continuity, second.continuity, gaps]).toEqual(['stale', 'stale', []])
    relay.brokerUp()
    await relay.settled()
    expect([first.continuity, second.continuity, gaps.length]).toEqual(['gap', 'gap', 1])
    await relay.publish('a', 1)
    expect([first.continuity, second.continuity]).toEqual(['live', 'live'])
  })
  test('is reported at each change, and only then', async () => {
    const { client, relay, clock } = await tested()
    const reports: Completeness[] = []
    const onContinuity = (now: Completeness): unknown => reports.push(now)
    client.subscribe('a', () => {}, { onContinuity })
    await relay.settled()
    const at = clock.now()
    for (let i = 0; i < 10; i++) await relay.publish('a', i)
    await clock.advance(10_000)
    const lostAt = clock.now()
    relay.brokerDown()
    await clock.advance(5_000)
    relay.brokerUp()
    await relay.settled()
    await relay.publish('a', 1)
    expect(reports).toEqual([
      { continuity: 'catching-up', asOf: undefined, missed: 0 },
      { continuity: 'live', asOf: at, missed: 0 },
      { continuity: 'stale', asOf: lostAt, missed: 0 },
      { continuity: 'gap', asOf: lostAt, missed: 0 },
      { continuity: 'live', asOf: clock.now(), missed: 0 },
    ])
  })
  test('has no gap for a listener that joined after it', async () => {
    const { client, relay } = await tested()
    const first = client.subscribe('a')
    await first.ready
    relay.brokerDown()
    relay.brokerUp()
    await relay.settled()
    const second = client.subscribe('a')
    expect(first.continuity).toBe('gap')
    expect(stateOf(second)).toMatchObject({ continuity: 'live', missed: 0 })
  })
  test('changes after onGap was called', async () => {
    const { client, relay } = await tested()
    const reports: string[] = []
    client.subscribe('a', () => reports.push('message'), {
      onGap: () => reports.push('onGap'),
      onContinuity: ({ continuity }) => reports.push(continuity),
    })
    await relay.settled()
    relay.brokerDown()
    await relay.settled()
    relay.brokerUp()
    await relay.settled()
    await relay.publish('a', 1)
    expect(reports).toEqual(['catching-up', 'live', 'stale', 'onGap', 'gap', 'message', 'live'])
  })
  test('reports a listener that throws', async () => {
    const { client, relay, errors } = await tested()
    const onContinuity = vi.fn(() => {
      throw new Error('boom')
    })
    client.subscribe('a', () => {}, { onContinuity })
    await relay.settled()
    expect(errors).toMatchObject([{ stage: 'handler' }, { stage: 'handler' }])
  })
})
