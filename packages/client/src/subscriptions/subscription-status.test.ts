import { createTestRelay } from '@wildcast/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { loseSession, tested } from '../testing/tested.js'
import type { SubscriptionStatus } from './subscription-events.js'

const quiet = (): void => undefined

describe('status', () => {
  test('is reported from the first connection to ready, and after a lost session with the gap', async () => {
    const relay = await createTestRelay()
    onTestFinished(() => relay.close())
    const client = relay.createClient()
    const reports: unknown[] = []
    client.subscribe('a', quiet, { onStatus: (status) => reports.push(status), onGap: (gap) => reports.push(gap) })
    await relay.settled()
    expect(reports).toEqual(['connecting', 'syncing', 'ready'])
    reports.length = 0
    await relay.restart()
    expect(reports).toEqual(['reconnecting'])
    client.reconnect()
    await relay.settled()
    expect(reports).toEqual(['reconnecting', {}, 'ready'])
    expect(relay.frames('Subscribe')).toHaveLength(2)
  })
  test('of a subscriber that joined during a drop changes without a gap', async () => {
    const one = await tested({ limits: { resume: 0 } })
    const onGap = vi.fn()
    const onStatus = vi.fn()
    one.relay.cut()
    await one.relay.settled()
    one.client.subscribe('a', quiet, { onGap, onStatus })
    await one.clock.advance(5000)
    expect(onStatus).toHaveBeenLastCalledWith('ready')
    expect(onGap).not.toHaveBeenCalled()
  })
  test('is reported to a second subscriber at once', async () => {
    const { client, relay } = await tested()
    client.subscribe('a', quiet)
    await relay.settled()
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    expect(onStatus.mock.calls).toEqual([['ready']])
  })
  test('is denied after forbidden, which is reported once and retried with the next session', async () => {
    const one = await tested()
    const allow = one.relay.refuse('subscribe', 'a')
    const statuses: SubscriptionStatus[] = []
    one.client.subscribe('a', quiet, { onStatus: (status) => statuses.push(status) })
    await one.clock.advance(30_000)
    expect(statuses.at(-1)).toBe('denied')
    expect(one.errors).toMatchObject([{ code: 'forbidden', stage: 'subscription' }])
    allow()
    await loseSession(one)
    expect(statuses.at(-1)).toBe('ready')
  })
  test('is error until the time of the retry that the relay sent', async () => {
    const { client, relay, clock } = await tested({ limits: { subscribes: 1 } })
    const onError = vi.fn()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('first', quiet)
    client.subscribe('a', quiet, { onError, onStatus: (status) => statuses.push(status) })
    await clock.advance(100)
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'rate_limited', retry: true }))
    expect(statuses).toEqual(['syncing', 'error'])
    await clock.advance(5000)
    expect(statuses.slice(-2)).toEqual(['syncing', 'ready'])
    expect(relay.frames('Subscribe')).toHaveLength(2 + onError.mock.calls.length)
  })
  test('is denied after the permission is withdrawn', async () => {
    const tokens = { first: { user: 'ada', subscribe: ['a'], expiresInMs: 60_000 }, second: { user: 'ada' } }
    const names = ['first', 'second']
    const { client, relay, clock, errors } = await tested({
      auth: { tokens },
      client: { token: () => names.shift() ?? 'second' },
    })
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onStatus: (status) => statuses.push(status) })
    await relay.settled()
    expect(statuses.at(-1)).toBe('ready')
    await clock.advance(60_000)
    expect(relay.frames('Authenticate')).toHaveLength(1)
    expect(statuses.at(-1)).toBe('denied')
    expect(new Set(errors.map(({ code, stage }) => `${stage} ${code}`))).toEqual(new Set(['subscription forbidden']))
  })
})
