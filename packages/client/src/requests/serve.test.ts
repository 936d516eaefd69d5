import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test, vi } from 'vitest'
import { connect } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { answers, request, serving } from '../testing/serving.js'

test('claims the subject, and answers with the return value of the handler', async () => {
  const connected = await serving((message) => ({ got: message.text() }))
  request(connected, 'x')
  await settle()
  expect(connected.relay.link.all('Subscribe')).toMatchObject([{ subject: 'a', serve: true }])
  expect(connected.relay.link.all('Publish')).toMatchObject([
    { broker: 'test', subject: 'reply.x', message: '{"got":"x"}' },
  ])
})

test('the first requests wait for the code that answers, and keep their order', async () => {
  const connected = await connect()
  const handled: string[] = []
  connected.client.serve('a', (message) => handled.push(message.text()))
  await settle()
  request(connected, 'x')
  request(connected, 'y')
  await expect.poll(() => handled).toEqual(['x', 'y'])
})

test('slow handlers run concurrently, and answer in any order', async () => {
  const later = new Map<string, (answer: string) => void>()
  const connected = await serving((message) => new Promise((resolve) => later.set(message.text(), resolve)))
  request(connected, 'x')
  request(connected, 'y')
  await settle()
  later.get('y')?.('2')
  await settle()
  later.get('x')?.('1')
  await settle()
  expect(answers(connected)).toEqual([
    ['reply.y', '2', 'last'],
    ['reply.x', '1', 'last'],
  ])
})

test('a publish without a response subject is handled and not answered', async () => {
  const handler = vi.fn(() => 'answer')
  const connected = await serving(handler)
  connected.relay.link.send({ kind: 'Message', id: 1, subject: 'a', message: '', broker: 'test' })
  await settle()
  expect(handler).toHaveBeenCalledOnce()
  expect(answers(connected)).toEqual([])
})

describe('an error', () => {
  test('that is a WildcastError is the answer', async () => {
    const connected = await serving(() => {
      throw new WildcastError('forbidden', 'not you')
    })
    request(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([['reply.x', '', { code: 'forbidden', message: 'not you' }]])
    expect(connected.errors).toEqual([])
  })
  test('of another type is the answer and reported', async () => {
    const connected = await serving(async () => {
      throw new Error('boom')
    })
    request(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([['reply.x', '', { code: 'internal', message: 'boom' }]])
    expect(connected.errors).toMatchObject([{ stage: 'handler', message: 'boom' }])
  })
  test('of an answer that cannot be sent is sent to the requester', async () => {
    const connected = await serving(() => 'x'.repeat(1001))
    request(connected, 'x')
    await settle()
    expect(answers(connected)).toMatchObject([['reply.x', '', { code: 'too_large' }]])
  })
})

test('an error that is too long is replaced by a short one', async () => {
  const connected = await serving(() => {
    throw new WildcastError('forbidden', 'x'.repeat(2000))
  })
  request(connected, 'x')
  await settle()
  expect(answers(connected)).toMatchObject([['reply.x', '', { code: 'too_large' }]])
})

describe('the claim', () => {
  test('is made again after a reconnect', async () => {
    const connected = await serving((message) => message.text())
    connected.relay.link.drop()
    await connected.clock.advance(250)
    expect(connected.relay.link.all('Subscribe')).toMatchObject([{ serve: true }])
    request(connected, 'x')
    await settle()
    expect(answers(connected)).toEqual([['reply.x', 'x', 'last']])
  })
  test('is retried while another client serves', async () => {
    const { client, relay, clock, errors } = await connect()
    let taken = 2
    relay.answer = (frame) =>
      frame.kind === 'Subscribe' && taken-- > 0
        ? { kind: 'Error', ref: frame.ref, code: 'already_served', message: 'taken', retry: true }
        : undefined
    const onStatus = vi.fn()
    client.serve('a', () => '', { onStatus })
    await clock.advance(250 + 500)
    expect(onStatus.mock.calls.flat()).toEqual(['syncing', 'error', 'syncing', 'error', 'syncing', 'ready'])
    expect(errors.map(({ code }) => code)).toEqual(['already_served', 'already_served'])
  })
  test('is released at once', async () => {
    const { client, relay } = await connect()
    const undo = client.serve('a', () => '')
    await settle()
    undo()
    expect(relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
  })
  test('can not be made twice by one client, or on a pattern', async () => {
    const { client } = await connect()
    const undo = client.serve('a', () => '')
    expect(() => client.serve('a', () => '')).toThrow(expect.objectContaining({ code: 'already_served' }))
    expect(() => client.serve('good.*', () => '')).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
    undo()
    client.serve('a', () => '')
  })
})
