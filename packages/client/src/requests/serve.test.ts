import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test, vi } from 'vitest'
import { serving } from '../testing/serving.js'
import { loseSession, tested } from '../testing/tested.js'

test('claims the subject, and answers with the return value of the handler', async () => {
  const { other, relay } = await serving((message) => ({ got: message.text() }))
  expect((await other.request('a', 'x')).data).toEqual({ got: 'x' })
  expect(relay.frames('Subscribe')).toMatchObject([{ subject: 'a', serve: true }])
})

test('slow handlers run concurrently, and answer in any order', async () => {
  const later = new Map<string, (answer: string) => void>()
  const { other, relay } = await serving((message) => new Promise((resolve) => later.set(message.text(), resolve)))
  const log: unknown[] = []
  for (const text of ['x', 'y']) void other.request('a', text).then(({ data }) => log.push(`${text} ${data}`))
  await relay.settled()
  later.get('y')?.('2')
  await relay.settled()
  later.get('x')?.('1')
  await relay.settled()
  expect(log).toEqual(['y 2', 'x 1'])
})

describe('an error', () => {
  test('that is a WildcastError is the answer', async () => {
    const { other, errors } = await serving(() => {
      throw new WildcastError('forbidden', 'not you')
    })
    await expect(other.request('a', 'x')).rejects.toMatchObject({ code: 'forbidden', message: 'not you' })
    expect(errors).toEqual([])
  })
  test('of another type is the answer and reported', async () => {
    const { other, errors } = await serving(async () => {
      throw new Error('boom')
    })
    await expect(other.request('a', 'x')).rejects.toMatchObject({ code: 'internal', message: 'boom' })
    expect(errors).toMatchObject([{ stage: 'handler', message: 'boom' }])
  })
  test('of an answer that cannot be sent is sent to the requester', async () => {
    const { other } = await serving(() => 'x'.repeat(1001), { limits: { payload: 1000 } })
    await expect(other.request('a', 'x')).rejects.toMatchObject({ code: 'too_large' })
  })
})

test('an error that is too long is replaced by a short one', async () => {
  const { other } = await serving(
    () => {
      throw new WildcastError('forbidden', 'x'.repeat(2000))
    },
    { limits: { payload: 1000 } },
  )
  await expect(other.request('a', 'x')).rejects.toMatchObject({ code: 'too_large' })
})

describe('the claim', () => {
  test('is made again after a reconnect', async () => {
    const one = await serving((message) => message.text())
    await loseSession(one)
    await one.clock.advance(5000) // the other client is back, too
    expect(one.relay.frames('Subscribe')).toMatchObject([{ serve: true }, { serve: true }])
    expect((await one.other.request('a', 'x')).data).toBe('x')
  })
  test('is retried while another client serves', async () => {
    const { client, relay, clock, errors } = await tested()
    const leave = relay.createClient().serve('a', () => 'other')
    await relay.settled()
    const onStatus = vi.fn()
    client.serve('a', () => 'own', { onStatus })
    await clock.advance(500)
    leave()
    await clock.advance(10_000)
    expect(onStatus.mock.calls.flat().slice(0, 2)).toEqual(['syncing', 'error'])
    expect(onStatus.mock.calls.flat().slice(-2)).toEqual(['syncing', 'ready'])
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['already_served']))
    expect((await relay.createClient().request('a')).data).toBe('own')
  })
  test('is released at once', async () => {
    const { client, relay } = await tested()
    const undo = client.serve('a', () => '')
    await relay.settled()
    undo()
    await relay.settled()
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
    await expect(relay.createClient().request('a')).rejects.toMatchObject({ code: 'no_responders' })
  })
  test('can not be made twice by one client, or on a pattern', async () => {
    const { client } = await tested()
    const undo = client.serve('a', () => '')
    expect(() => client.serve('a', () => '')).toThrow(expect.objectContaining({ code: 'already_served' }))
    expect(() => client.serve('good.*', () => '')).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
    undo()
    client.serve('a', () => '')
  })
})
