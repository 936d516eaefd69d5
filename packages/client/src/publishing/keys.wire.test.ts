// Scripted: the subject is the wire: relays whose answer about a session or a key varies.
import type { WelcomeFrame } from '@wildcast/protocol'
import { describe, expect, test } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'
import { keeping } from '../testing/scripted-relay.js'

/** Time until the next attempt, with a random number of one half. */
const backoffMs = 250
const lost: Partial<WelcomeFrame> = { resumed: false, session: 'next' }

const published = ({ relay }: Kept): unknown[] =>
  relay.link.all('Publish').map(({ subject, key }) => (key === undefined ? subject : `${subject} ${key}`))

describe('a key', () => {
  test('is sent with the publish, and is a property of its handle', async () => {
    const kept = await keep()
    const publication = kept.client.publish('a', 1, { key: 'k' })
    expect(publication.key).toBe('k')
    expect(await publication).toBe('confirmed')
    expect(published(kept)).toEqual(['a k'])
    expect(kept.client.publish('a').key).toBeUndefined()
  })
  test('of true means 128 random bits in base64url', async () => {
    const { client } = await keep()
    const keys = Array.from({ length: 200 }, () => client.publish('a', 1, { key: true }).key)
    for (const key of keys) expect(key).toMatch(/^[\w-]{21}[AQgw]$/)
    expect(new Set(keys).size).toBe(200)
  })
  test('that is too long is rejected without a frame', async () => {
    const kept = await keep()
    await expect(kept.client.publish('a', 1, { key: 'x'.repeat(10_000_000) })).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('key'),
    })
    expect(await kept.client.publish('a', 1, { key: 'x'.repeat(256) })).toBe('confirmed')
    expect(kept.relay.link.all('Publish')).toHaveLength(1)
  })
})

describe('a publish in flight when the session is lost', () => {
  /** Publishes with and without keys in flight, then the connection is lost. */
  async function losing(returning: Partial<WelcomeFrame> = lost) {
    const kept = await keep()
    kept.ignored.add('Publish')
    const { client, relay } = kept
    const a = client.publish('a', 1, { key: '1' })
    const b = client.publish('b', 2)
    const c = client.publish('c', 3, { key: '3' })
    await settle()
    kept.returning = returning
    relay.link.drop()
    kept.ignored.clear()
    const later = client.publish('later')
    return { ...kept, kept, a, b, c, later }
  }

  test('is sent to the same relay again under its key, before queued ones', async () => {
    const { kept, clock, a, b, c, later } = await losing()
    await clock.advance(backoffMs)
    expect(published(kept)).toEqual(['a 1', 'c 3', 'later'])
    const states = { a: a.state, b: b.state, c: c.state, later: later.state }
    expect(states).toEqual({ a: 'confirmed', b: 'unknown', c: 'confirmed', later: 'confirmed' })
  })
  test('is unknown at another relay', async () => {
    const { kept, clock, a, b, c } = await losing({ ...lost, relay: 'other' })
    await clock.advance(backoffMs)
    expect(published(kept)).toEqual(['later'])
    expect(new Set([a.state, b.state, c.state])).toEqual(new Set(['unknown']))
  })
  test('is sent once if the session resumes', async () => {
    const { kept, clock, a } = await losing({ resumed: true, received: 0 })
    await clock.advance(backoffMs)
    expect(published(kept)).toEqual(['a 1', 'b', 'c 3', 'later'])
    expect(a.state).toBe('confirmed')
  })
  test('is sent again once: a session that resumes afterwards repeats nothing', async () => {
    const { kept, clock, relay } = await losing()
    kept.ignored.add('Publish')
    await clock.advance(backoffMs)
    expect(published(kept)).toEqual(['a 1', 'c 3', 'later'])
    kept.returning = { resumed: true }
    relay.link.drop()
    await clock.advance(6000)
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'next' }])
    expect(published(kept)).toEqual([])
  })
  test('is unknown if it can not be sent again', async () => {
    const { clock, a } = await losing({ ...lost, limits: { ...keeping.limits, payload: 0 } })
    await clock.advance(backoffMs)
    expect(a.state).toBe('unknown')
  })
  test('is sent again at each loss', async () => {
    const { kept, clock, relay, a } = await losing()
    kept.ignored.add('Publish')
    await clock.advance(backoffMs)
    expect(published(kept)).toContain('a 1')
    relay.link.drop()
    kept.ignored.clear()
    await clock.advance(6000)
    expect(published(kept)).toContain('a 1')
    expect(a.state).toBe('confirmed')
  })
  test.each([
    [99_000, 'confirmed'],
    [100_000, 'unknown'],
  ])('%i ms after the first sending is %s', async (ms, state) => {
    const { clock, a } = await losing()
    clock.set(clock.now() + ms)
    await clock.advance(backoffMs)
    expect(a.state).toBe(state)
  })
  test('is unknown if the clock was set back meanwhile', async () => {
    const { kept, clock, a } = await losing()
    clock.set(0)
    await clock.advance(backoffMs)
    expect(published(kept)).toEqual(['later'])
    expect(a.state).toBe('unknown')
  })
  test.each([
    ['closed', (kept: Kept) => kept.client.close()],
    [
      'refused',
      async ({ relay, clock }: Kept) => {
        relay.obliging = false
        await clock.advance(backoffMs)
        relay.link.open()
        relay.link.drop(4501)
      },
    ],
  ])('is unknown if the client is %s', async (_, end) => {
    const { kept, a, later } = await losing()
    const refused = expect(later).rejects.toThrow()
    await end(kept)
    await refused
    expect(a.state).toBe('unknown')
  })
  test('does not count against the bound of the queue', async () => {
    const kept = await keep({ queue: 1 })
    kept.ignored.add('Publish')
    const all = ['1', '2', '3'].map((key) => kept.client.publish('a', key, { key }))
    await settle()
    kept.returning = lost
    kept.relay.link.drop()
    kept.ignored.clear()
    const waits = kept.client.publish('later')
    await expect(kept.client.publish('later')).rejects.toMatchObject({ code: 'rate_limited' })
    await kept.clock.advance(backoffMs)
    expect(await Promise.all([...all, waits])).toEqual(Array(4).fill('confirmed'))
  })
  test('is rejected if the repeat is refused', async () => {
    const { relay, clock, a, c } = await losing()
    const { answer } = relay
    relay.answer = (frame) =>
      frame.kind === 'Publish' && frame.key
        ? { kind: 'Error', ref: frame.ref, code: 'rate_limited', message: 'too many keys', retry: true }
        : answer(frame)
    const refused = [a, c].map((one) => expect(one).rejects.toMatchObject({ code: 'rate_limited' }))
    await clock.advance(backoffMs)
    await Promise.all(refused)
  })
})

test('a publish that the relay answers with interrupted is unknown, and not sent again', async () => {
  const kept = await keep()
  kept.relay.answer = (frame) =>
    frame.kind === 'Publish'
      ? { kind: 'Error', ref: frame.ref, code: 'interrupted', message: 'the link was lost', retry: true }
      : undefined
  expect(await kept.client.publish('a', 1, { key: 'k' })).toBe('unknown')
  expect(published(kept)).toEqual(['a k'])
})
