// Scripted: the counts of gaps, and a subscription that the relay ends.
import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { message } from '../testing/message-frame.js'

test('gaps in a row are one, as of the last message before them, with the sum of missed messages', async () => {
  const { client, relay, clock } = await connect()
  const subscription = client.subscribe('a')
  await subscription.ready
  await clock.advance(1_000)
  relay.link.send(message(1, 'a'))
  const asOf = clock.now()
  await clock.advance(1_000)
  for (const missed of [3, 4, undefined]) relay.link.send({ kind: 'Gap', id: 1, missed })
  expect(subscription).toMatchObject({ continuity: 'gap', asOf, missed: 7 })
  relay.link.send(message(1, 'a'))
  expect(subscription).toMatchObject({ continuity: 'live', missed: 7 })
})

test('a subscription that was ready is stale if the relay ends it', async () => {
  const { client, relay } = await connect({ onError: () => {} })
  const [ended, other] = [client.subscribe('a'), client.subscribe('b')]
  await other.ready
  relay.link.send({ kind: 'Unsubscribed', id: 1, error: { code: 'forbidden', message: 'no' } })
  expect([ended.continuity, other.continuity]).toEqual(['stale', 'live'])
})
