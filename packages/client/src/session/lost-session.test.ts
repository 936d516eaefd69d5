import { describe, expect, test, vi } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'
import { keeping } from '../testing/scripted-relay.js'

const quiet = (): void => undefined
/** What was sent behind `Connect`. */
const said = ({ relay }: Kept): unknown[] =>
  relay.link.sent.slice(1).map((frame) => `${frame.kind} ${'subject' in frame ? frame.subject : ''}`.trim())
/** Until the next attempt, whose chance is one half. */
const backoffMs = 250

describe('a session that the relay has not kept', () => {
  /** A client with everything in flight and everything kept, whose session is away. */
  async function losing() {
    const kept = await keep()
    const { client, relay } = kept
    const told: unknown[] = []
    client.subscribe('a', quiet, { onStatus: (status) => told.push(status), onGap: (gap) => told.push(gap) })
    const leave = client.subscribe('b', quiet, { group: 'g' })
    await settle()
    kept.ignored.add('Publish')
    const published = client.publish('p')
    const answer = client.request('q')
    const rejected = expect(answer).rejects.toMatchObject({ code: 'interrupted' })
    await settle()
    told.length = 0
    kept.returning = { resumed: false, session: 'other' }
    relay.link.drop()
    leave()
    client.subscribe('c', quiet)
    kept.ignored.clear()
    const later = client.publish('later')
    const settled = vi.fn()
    void published.finally(settled)
    await settle()
    return { ...kept, kept, told, published, rejected, later, settled }
  }

  test('is lost only when the relay says so; then all is told, and begins again', async () => {
    const { kept, relay, clock, told, published, rejected, later, settled } = await losing()
    expect(settled).not.toHaveBeenCalled()
    expect(told).toEqual(['reconnecting'])
    await clock.advance(backoffMs)
    expect(await published).toBe('unknown')
    await rejected
    expect(await later).toBe('confirmed')
    expect(told).toEqual(['reconnecting', {}, 'ready'])
    expect(said(kept)).toEqual(['Subscribe a', 'Subscribe c', 'Publish later'])
    expect(relay.link.numbers.slice(1)).toEqual([1, 2, 3])
  })
  test('leaves a new one, which comes back in its turn', async () => {
    const { relay, clock, rejected } = await losing()
    await clock.advance(backoffMs)
    await rejected
    relay.link.drop()
    await clock.advance(6000)
    // Two subscriptions and a publish were answered.
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'other', received: 3 }])
  })
  test('may be the end of the client, if a callback says so', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    client.subscribe('a', quiet)
    await settle()
    kept.returning = { resumed: false }
    relay.link.drop()
    client.subscribe('b', quiet, { onStatus: (status) => status === 'connecting' && client.close() })
    await clock.advance(backoffMs)
    expect(client.status.state).toBe('closed')
    expect(said(kept)).toEqual([])
    expect(clock.timers).toBe(0)
    expect(kept.errors).toEqual([])
  })
})

describe('a session is lost without asking', () => {
  /** A publish in flight, and a relay that can't be reached once the connection is gone. */
  async function unreachable(limits?: Parameters<typeof keep>[1]) {
    const kept = await keep({}, limits)
    kept.ignored.add('Publish')
    kept.returning = { resumed: true, received: 0 }
    const outcomes: string[] = []
    void kept.client.publish('a').then((outcome) => outcomes.push(outcome))
    await settle()
    kept.relay.obliging = false
    return { ...kept, kept, outcomes }
  }
  const connects = async ({ relay, clock }: Kept): Promise<unknown> => {
    relay.obliging = true
    await clock.advance(20_000)
    return relay.link.all('Connect')[0]?.session
  }

  test.each([
    [60_000, undefined],
    [5000, 5000],
  ])('%i ms after the drop', async (ms, resume_ms) => {
    const { kept, relay, clock, outcomes } = await unreachable(resume_ms === undefined ? {} : { resume_ms })
    relay.link.drop()
    await clock.advance(ms - 1)
    expect(outcomes).toEqual([])
    await clock.advance(1)
    expect(outcomes).toEqual(['unknown'])
    expect(await connects(kept)).toBeUndefined()
  })
  test.each([1006, 1001, 4408, 4410])('not at once after the code %i', async (code) => {
    const { relay, outcomes } = await unreachable()
    relay.link.drop(code)
    await settle()
    expect(outcomes).toEqual([])
  })
  test.each([4400, 4501, 4509])('at once after the code %i', async (code) => {
    const { relay, outcomes } = await unreachable()
    relay.link.drop(code)
    await settle()
    expect(outcomes).toEqual(['unknown'])
  })
  test('when the relay refuses the claim as invalid', async () => {
    const { kept, relay, clock, outcomes } = await unreachable()
    relay.link.drop()
    await clock.advance(backoffMs)
    relay.link.open()
    relay.link.drop(4400)
    await settle()
    expect(outcomes).toEqual(['unknown'])
    expect(await connects(kept)).toBeUndefined()
  })
  test('when the relay keeps nothing', async () => {
    const { relay, outcomes } = await unreachable({ resume_bytes: 0 })
    relay.link.drop()
    await settle()
    expect(outcomes).toEqual(['unknown'])
  })
  test('when the client is closed, also while it is away', async () => {
    const { client, relay, clock, outcomes } = await unreachable()
    relay.link.drop()
    client.close()
    await settle()
    expect(outcomes).toEqual(['unknown'])
    expect(clock.timers).toBe(0)
  })
  test('but not while a relay that is asked may still answer', async () => {
    const { kept, client, relay, clock, outcomes } = await unreachable({ resume_ms: 5000 })
    relay.link.drop()
    await clock.advance(backoffMs)
    relay.link.open()
    await clock.advance(6000)
    expect(outcomes).toEqual([])
    relay.link.say({ ...keeping, resumed: true })
    expect(client.status.state).toBe('online')
    expect(said(kept)).toEqual(['Publish a'])
    relay.link.drop()
    await settle()
    expect(outcomes).toEqual([])
  })
  test('as soon as a relay that was asked has not answered in time', async () => {
    const { relay, clock, outcomes } = await unreachable({ resume_ms: 5000 })
    relay.link.drop()
    await clock.advance(backoffMs)
    relay.link.open()
    await clock.advance(9000)
    expect(outcomes).toEqual([])
    await clock.advance(1000) // the deadline of an attempt
    expect(outcomes).toEqual(['unknown'])
  })
})

describe('a relay that counts wrongly', () => {
  test.each([2, Number.MAX_SAFE_INTEGER])('by confirming %d frames of one is left, and its session lost', async (n) => {
    const kept = await keep()
    const { client, relay, clock, errors } = kept
    kept.ignored.add('Publish')
    const outcome = client.publish('a')
    await settle()
    relay.link.say({ kind: 'Received', count: n })
    expect(await outcome).toBe('unknown')
    expect(client.status.state).toBe('waiting')
    expect(relay.live).toBe(0)
    expect(errors).toMatchObject([{ stage: 'protocol', code: 'interrupted' }])
    await clock.advance(backoffMs)
    expect(relay.link.all('Connect')).toMatchObject([{ session: undefined }])
  })
  test.each([
    ['more than were sent', 2],
    ['fewer than it has confirmed', 0],
  ])('by resuming with %s is left, and its session lost', async (_, received) => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const onGap = vi.fn()
    client.subscribe('a', quiet, { onGap })
    await settle()
    relay.link.say({ kind: 'Received', count: 1 })
    kept.returning = { resumed: true, received }
    relay.link.drop()
    await clock.advance(backoffMs)
    expect(relay.live).toBe(0)
    await clock.advance(10_000)
    expect(client.status.state).toBe('online')
    expect(relay.link.all('Connect')).toMatchObject([{ session: undefined }])
    expect(onGap).toHaveBeenCalledOnce()
  })
})
