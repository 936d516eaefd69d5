// Scripted: a relay that answers no question.
import { expect, test } from 'vitest'
import { connect } from './testing/connect.js'

test('can denies if the answer of the relay does not allow it', async () => {
  const { client, relay } = await connect()
  relay.answer = (frame) => (frame.kind === 'CanI' ? { kind: 'Ack', ref: frame.ref } : undefined)
  expect(await client.can('publish', 'a')).toBe(false)
})
