import { describe, expect, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { welcome } from '../testing/scripted-relay.js'

const code = (name: string) => expect.objectContaining({ name: 'WildcastError', code: name })
describe('the size', () => {
  const respondTo = async (): Promise<NonNullable<Message['respond']>> => {
    const { client, relay } = await connect()
    const received = new Promise<Message>((resolve) => void client.subscribe('a', resolve))
    await settle()
    relay.link.send({ kind: 'Message', id: 1, subject: 'a', message: '', broker: 'test', response_subject: 'r' })
    return (await received).respond as NonNullable<Message['respond']>
  }
  test('of payload and headers is measured together', async () => {
    const { client } = await connect()
    const headers = { trace: 'ü'.repeat(100) } // 205 bytes
    expect(await client.publish('a', 'x'.repeat(795), { headers })).toBe('confirmed')
    await expect(client.publish('a', 'x'.repeat(796), { headers })).rejects.toEqual(code('too_large'))
    await expect(client.request('a', 'x'.repeat(796), { headers })).rejects.toEqual(code('too_large'))
  })
  test('of an answer includes its error', async () => {
    const respond = await respondTo()
    const error = { code: 'internal', message: 'x'.repeat(992) } // 1,000 bytes
    expect(await respond(undefined, { error })).toBe('confirmed')
    await expect(respond('x', { error })).rejects.toEqual(code('too_large'))
    await expect(respond(undefined, { error, headers: { a: '' } })).rejects.toEqual(code('too_large'))
  })
  test('of queued frames is checked when the limit is known; only the too large ones are rejected', async () => {
    const { client, relay } = start()
    relay.obliging = false
    const before = client.publish('a', 'before')
    const large = expect(client.publish('a', 'x'.repeat(1001))).rejects.toEqual(code('too_large'))
    const request = expect(client.request('a', 'x'.repeat(1001))).rejects.toEqual(code('too_large'))
    const after = client.publish('a', 'after')
    relay.obliging = true
    await settle()
    await Promise.all([large, request])
    expect(await Promise.all([before, after])).toEqual(['confirmed', 'confirmed'])
    expect(relay.link.all('Publish').map(({ message }) => message)).toEqual(['before', 'after'])
    expect(relay.link.all('Request')).toEqual([])
  })
  test('is checked against the limit of the current relay', async () => {
    const { client, relay, clock } = await connect()
    relay.answer = ({ kind }) =>
      kind === 'Connect' ? { ...welcome, limits: { ...welcome.limits, payload: 10 } } : undefined
    relay.link.drop()
    const large = expect(client.publish('a', 'x'.repeat(11))).rejects.toEqual(code('too_large'))
    const small = client.publish('a', 'x'.repeat(10))
    await clock.advance(1000)
    await large
    expect(await small).toBe('confirmed')
  })
})
