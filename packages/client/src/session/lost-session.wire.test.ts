// Scripted: the subject is the wire: what a relay answers to a session that it has lost.
import { describe, expect, test, vi } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'
import { keeping } from '../testing/scripted-relay.js'

const quiet = (): void => undefined
/** The frames that were sent after `Connect`. */
const sentFrames = ({ relay }: Kept): unknown[] =>
  relay.link.sent.slice(1).map((frame) => `${frame.kind} ${'subject' in frame ? frame.subject : ''}`.trim())
/** Time until the next attempt, with a random number of one half. */
const backoffMs = 250

describe('a session that the relay did not keep', () => {
  /** A client with frames in flight and queued frames, without a connection. */
  async function losing() {
    const kept = await keep()
    const { client, relay } = kept
    const reports: unknown[] = []
    client.subscribe('a', quiet, { onStatus: (status) => reports.push(status), onGap: (gap) => reports.push(gap) })
    const leave = client.subscribe('b', quiet, { group: 'g' })
    await settle()
    kept.ignored.add('Publish')
    const published = client.publish('p')
    const answer = client.request('q')
    const rejected = expect(answer).rejects.toMatchObject({ code: 'interrupted' })
    await settle()
    reports.length = 0
    kept.returning = { resumed: false, session: 'other' }
    relay.link.drop()
    leave()
    client.subscribe('c', quiet)
    kept.ignored.clear()
    const later = client.publish('later')
    const settled = vi.fn()
    void published.finally(settled)
    await settle()
    return { ...kept, kept, reports, published, rejected, later, settled }
  }

  test('is lost only after Welcome; then its loss is reported and a new one begins', async () => {
    const { kept, relay, clock, reports, published, rejected, later, settled } = await losing()
    expect(settled).not.toHaveBeenCalled()
    expect(reports).toEqual(['reconnecting'])
    await clock.advance(backoffMs)
    expect(await published).toBe('unknown')
    await rejected
    expect(await later).toBe('confirmed')
    expect(reports).toEqual(['reconnecting', {}, 'ready'])
    expect(sentFrames(kept)).toEqual(['Subscribe a', 'Subscribe c', 'Publish later'])
    expect(relay.link.numbers.slice(1)).toEqual([1, 2, 3])
  })
  test('is replaced by a new one, which can resume', async () => {
    const { relay, clock, rejected } = await losing()
    await clock.advance(backoffMs)
    await rejected
    relay.link.drop()
    await clock.advance(6000)
    // The answers to two subscriptions and a publish.
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'other', received: 3 }])
  })
  test('stays lost if a callback closes the client', async () => {
    const kept = await keep()
    const { client, relay, clock } = kept
    client.subscribe('a', quiet)
    await settle()
    kept.returning = { resumed: false }
    relay.link.drop()
    client.subscribe('b', quiet, { onStatus: (status) => status === 'connecting' && client.close() })
    await clock.advance(backoffMs)
    expect(client.status.state).toBe('closed')
    expect(sentFrames(kept)).toEqual([])
    expect(clock.timers).toBe(0)
    expect(kept.errors).toEqual([])
  })
})

describe('a session is lost without an answer of the relay', () => {
  /** A publish in flight, and a relay that can't be reached after a drop. */
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
  test('when the client is closed while the session is away', async () => {
    const { client, relay, clock, outcomes } = await unreachable()
    relay.link.drop()
    client.close()
    await settle()
    expect(outcomes).toEqual(['unknown'])
    expect(clock.timers).toBe(0)
  })
  test('but not while the relay may still answer the claim', async () => {
    const { kept, client, relay, clock, outcomes } = await unreachable({ resume_ms: 5000 })
    relay.link.drop()
    await clock.advance(backoffMs)
    relay.link.open()
    await clock.advance(6000)
    expect(outcomes).toEqual([])
    relay.link.send({ ...keeping, resumed: true })
    expect(client.status.state).toBe('online')
    expect(sentFrames(kept)).toEqual(['Publish a'])
    relay.link.drop()
    await settle()
    expect(outcomes).toEqual([])
  })
  test('as soon as the relay has not answered the claim in time', async () => {
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

describe('a wrong count of the relay ends the connection and the session', () => {
  test.each([2, Number.MAX_SAFE_INTEGER])('if it confirms %d frames of one', async (n) => {
    const kept = await keep()
    const { client, relay, clock, errors } = kept
    kept.ignored.add('Publish')
    const outcome = client.publish('a')
    await settle()
    relay.link.send({ kind: 'Received', count: n })
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
  ])('if it resumes with %s', async (_, received) => {
    const kept = await keep()
    const { client, relay, clock } = kept
    const onGap = vi.fn()
    client.subscribe('a', quiet, { onGap })
    await settle()
    relay.link.send({ kind: 'Received', count: 1 })
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
