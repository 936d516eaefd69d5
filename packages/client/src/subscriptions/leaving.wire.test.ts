// Scripted: a relay ends a subscription of the client only with an error.
import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'

test('listeners subscribe again after an Unsubscribed of the relay without an error', async () => {
  const { client, relay } = await connect()
  const gaps: unknown[] = []
  client.subscribe('a', () => {}, { onGap: (gap) => gaps.push(gap) })
  await settle()
  relay.link.send({ kind: 'Unsubscribed', id: 1 })
  await settle()
  expect(relay.link.all('Subscribe')).toHaveLength(2)
  expect(gaps).toEqual([{}])
})
