import { describe, expect, test, vi } from 'vitest'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import type { SubscriptionStatus } from './subscription-events.js'

const quiet = (): void => undefined

describe('status', () => {
  test('is reported from the first connection to ready, and after a drop with the gap', async () => {
    const { client, relay, clock } = start()
    const reports: unknown[] = []
    client.subscribe('a', quiet, { onStatus: (status) => reports.push(status), onGap: (gap) => reports.push(gap) })
    await settle()
    expect(reports).toEqual(['connecting', 'syncing', 'ready'])
    reports.length = 0
    relay.link.drop()
    expect(reports).toEqual(['reconnecting'])
    await clock.advance(250)
    expect(reports).toEqual(['reconnecting', {}, 'ready'])
    expect(relay.link.all('Subscribe')).toHaveLength(1)
  })
  test('of a subscriber that joined during a drop changes without a gap', async () => {
    const { client, relay, clock } = await connect()
    const onGap = vi.fn()
    relay.link.drop()
    client.subscribe('a', quiet, { onGap })
    await clock.advance(250)
    expect(onGap).not.toHaveBeenCalled()
  })
  test('is reported to a second subscriber at once', async () => {
    const { client } = await connect()
    client.subscribe('a', quiet)
    await settle()
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    expect(onStatus.mock.calls).toEqual([['ready']])
  })
  test('is denied after forbidden, which is reported once and retried with the next connection', async () => {
    const { client, relay, clock, errors } = await connect()
    relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'no', retry: false }
        : undefined
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onStatus: (status) => statuses.push(status) })
    await clock.advance(30_000)
    expect(statuses.at(-1)).toBe('denied')
    expect(errors).toEqual([{ code: 'forbidden', stage: 'subscription', message: 'no' }])
    relay.answer = () => undefined
    relay.link.drop()
    await clock.advance(250)
    expect(statuses.at(-1)).toBe('ready')
  })
  test('is error while the broker is down, and the subscription is retried', async () => {
    const { client, relay, clock } = await connect()
    let down = 3
    relay.answer = (frame) =>
      frame.kind === 'Subscribe' && down-- > 0
        ? { kind: 'Error', ref: frame.ref, code: 'broker_down', message: 'down', retry: true }
        : undefined
    const onError = vi.fn()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onError, onStatus: (status) => statuses.push(status) })
    await clock.advance(250 + 500 + 1000)
    expect(onError).toHaveBeenCalledTimes(3)
    expect(statuses).toEqual(['syncing', 'error', 'syncing', 'error', 'syncing', 'error', 'syncing', 'ready'])
  })
  test('is error until the time of the retry that the relay sent', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'broker_down', message: 'down', retry: true, retry_in: 9000 }
        : undefined
    client.subscribe('a', quiet)
    await clock.advance(8999)
    expect(relay.link.all('Subscribe')).toHaveLength(1)
    await clock.advance(1)
    expect(relay.link.all('Subscribe')).toHaveLength(2)
  })
  test('is denied after the permission is withdrawn', async () => {
    const { client, relay, errors } = await connect()
    const statuses: SubscriptionStatus[] = []
    client.subscribe('a', quiet, { onStatus: (status) => statuses.push(status) })
    await settle()
    relay.link.send({ kind: 'Unsubscribed', id: 1, error: { code: 'forbidden', message: 'withdrawn' } })
    expect(statuses.at(-1)).toBe('denied')
    expect(errors).toMatchObject([{ code: 'forbidden', stage: 'subscription' }])
  })
  test('does not change by an error about a ready subscription, which its subscribers get', async () => {
    const { client, relay, errors } = await connect()
    const onError = vi.fn()
    client.subscribe('a', quiet, { onError })
    await settle()
    relay.link.send({ kind: 'Error', id: 1, code: 'rate_limited', message: 'slower', retry: true })
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'rate_limited' }))
    expect(errors).toEqual([])
  })
})
