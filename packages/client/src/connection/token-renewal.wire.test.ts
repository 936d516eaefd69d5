// Scripted: tokens that the relay revokes on a live connection, and one that asks for none.
import { describe, expect, test } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { keep } from '../testing/keeping.js'

describe('on a live connection', () => {
  test('a token that is not valid any longer is replaced at once, and the session resumes', async () => {
    let calls = 0
    const { client, relay, errors } = await keep({ token: async () => `token ${++calls}` })
    relay.link.drop(4501, 'refused')
    expect(client.status).toMatchObject({ state: 'connecting', reason: { message: 'refused' } })
    await settle()
    expect(client.status.state).toBe('online')
    expect(relay.link.all('Connect')).toMatchObject([{ token: 'token 2', session: 'key' }])
    expect(errors).toEqual([])
  })
  test('a refusal that is final has the reason of the relay', async () => {
    const { client, relay, errors } = await connect({ token: async () => 'the only one' })
    const message = 'an operator has ended the sessions of this user'
    relay.link.drop(4501, message)
    await settle()
    expect(relay.links).toHaveLength(1)
    expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'unauthorized' } })
    expect(errors).toEqual([{ code: 'unauthorized', stage: 'transport', message }])
  })
  test.each([4440, 4501])('the refusal of a text is final (%i); reconnect() tries it again', async (code) => {
    const { client, relay, errors } = await connect({ token: 'fixed' })
    relay.link.drop(code, 'refused')
    await settle()
    expect(client.status.state).toBe('closed')
    expect(errors).toHaveLength(1)
    client.reconnect()
    await settle()
    expect(client.status.state).toBe('online')
  })
  test('a client without a token ends only if the refusal is final', async () => {
    const { client, relay, clock } = await connect()
    relay.link.drop(4440)
    await clock.advance(20_000)
    expect(client.status.state).toBe('online')
    relay.link.drop(4501)
    expect(client.status.state).toBe('closed')
  })
})
