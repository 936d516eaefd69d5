import { describe, expect, test } from 'vitest'
import type { Message } from '../messages/message.js'
import { started, type Tested, tested } from '../testing/tested.js'

const code = (name: string) => expect.objectContaining({ name: 'WildcastError', code: name })
const limits = { payload: 1000 }
describe('the size', () => {
  const respondTo = async (): Promise<{
    readonly respond: NonNullable<Message['respond']>
    readonly relay: Tested['relay']
  }> => {
    const { client, relay } = await tested({ limits })
    const received = new Promise<Message>((resolve) => void client.subscribe('a', resolve))
    await relay.settled()
    await client.publish('a', 1, { responseSubject: 'r' })
    return { respond: (await received).respond as NonNullable<Message['respond']>, relay }
  }
  test('of payload and headers is measured together', async () => {
    const { client, relay } = await tested({ limits })
    const headers = { trace: 'ü'.repeat(100) } // 205 bytes
    expect(await client.publish('a', 'x'.repeat(795), { headers })).toBe('confirmed')
    await expect(client.publish('a', 'x'.repeat(796), { headers })).rejects.toEqual(code('too_large'))
    await expect(client.request('a', 'x'.repeat(796), { headers })).rejects.toEqual(code('too_large'))
    await relay.settled()
    expect([relay.frames('Publish').length, relay.frames('Request').length]).toEqual([1, 0]) // the relay refuses, too
  })
  test('of an answer includes its error', async () => {
    const { respond, relay } = await respondTo()
    const error = { code: 'internal', message: 'x'.repeat(992) } // 1,000 bytes
    await expect(respond('x', { error })).rejects.toEqual(code('too_large'))
    await expect(respond(undefined, { error, headers: { a: '' } })).rejects.toEqual(code('too_large'))
    expect(await respond(undefined, { error })).toBe('confirmed')
    expect(relay.frames('Publish')).toHaveLength(2) // the request, and this answer
  })
  test('of queued frames is checked when the limit is known; only the too large ones are rejected', async () => {
    const { client, relay } = await started({ limits })
    const before = client.publish('a', 'before')
    const large = expect(client.publish('a', 'x'.repeat(1001))).rejects.toEqual(code('too_large'))
    const request = expect(client.request('a', 'x'.repeat(1001))).rejects.toEqual(code('too_large'))
    const after = client.publish('a', 'after')
    await Promise.all([large, request])
    expect(await Promise.all([before, after])).toEqual(['confirmed', 'confirmed'])
    expect(relay.frames('Publish').map(({ message }) => message)).toEqual(['before', 'after'])
    expect(relay.frames('Request')).toEqual([])
  })
})
