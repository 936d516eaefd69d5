// Scripted: a test relay lets subscriptions outlast a broker that is down, and warns of none.
import { expect, test, vi } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import type { SubscriptionStatus } from './subscription-events.js'

const quiet = (): void => undefined

test('the status is error while the broker is down, and the subscription is retried', async () => {
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

test('a retry waits for the time that the relay sent', async () => {
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

test('the status does not change by an error about a ready subscription, which its subscribers get', async () => {
  const { client, relay, errors } = await connect()
  const onError = vi.fn()
  client.subscribe('a', quiet, { onError })
  await settle()
  relay.link.send({ kind: 'Error', id: 1, code: 'rate_limited', message: 'slower', retry: true })
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'rate_limited' }))
  expect(errors).toEqual([])
})

test('a subscription that was refused for now becomes ready beside a new listener', async () => {
  const { client, relay, clock } = await connect()
  relay.answer = (frame) =>
    frame.kind === 'Subscribe'
      ? { kind: 'Error', ref: frame.ref, code: 'too_many_subscriptions', message: 'no', retry: false }
      : undefined
  client.subscribe('a', quiet, { onError: quiet })
  await settle()
  relay.answer = () => undefined
  await client.subscribe('a').ready
  await clock.advance(0)
  expect(relay.link.all('Subscribe')).toHaveLength(2)
})
