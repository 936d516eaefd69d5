// Scripted: a relay of this version supports every policy.
import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'

test('a policy that the relay does not support is refused for good', async () => {
  const { client, relay, errors } = await connect()
  relay.answer = (frame) =>
    frame.kind === 'Subscribe'
      ? { kind: 'Error', ref: frame.ref, code: 'unsupported', message: 'no policy', retry: false }
      : undefined
  await expect(client.subscribe('a', { maxRate: 1 }).ready).rejects.toMatchObject({ code: 'unsupported' })
  expect(errors).toMatchObject([{ code: 'unsupported', stage: 'subscription' }])
})
