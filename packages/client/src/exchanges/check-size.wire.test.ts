// Scripted: a client comes back to a relay of another configuration.
import { expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { welcome } from '../testing/scripted-relay.js'

test('the size is checked against the limit of the current relay', async () => {
  const { client, relay, clock } = await connect()
  relay.answer = ({ kind }) =>
    kind === 'Connect' ? { ...welcome, limits: { ...welcome.limits, payload: 10 } } : undefined
  relay.link.drop()
  const large = expect(client.publish('a', 'x'.repeat(11))).rejects.toMatchObject({ code: 'too_large' })
  const small = client.publish('a', 'x'.repeat(10))
  await clock.advance(1000)
  await large
  expect(await small).toBe('confirmed')
})
