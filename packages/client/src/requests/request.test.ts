import { describe, expect, test, vi } from 'vitest'
import type { Message } from '../messages/message.js'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'

test('resolves with the answer as a message on the subject of the request', async () => {
  const { client, relay, clock } = await connect()
  const timers = clock.timers
  const answer = client.request('math.sum', [1, 2], { headers: new Map([['k', 'v']]) })
  await settle()
  expect(relay.link.all('Request')).toMatchObject([{ ref: 1, subject: 'math.sum', message: '[1,2]', timeout: 5000 }])
  relay.link.send({ kind: 'Response', ref: 1, message: '3' })
  expect(await answer).toMatchObject({ subject: 'math.sum', broker: 'test', data: 3, respond: undefined })
  expect(clock.timers).toBe(timers)
})

test('passes parts to onPart, and resolves with the last one', async () => {
  const { client, relay } = await connect()
  const parts: Message[] = []
  const answer = client.request('count', 3, { onPart: (part) => parts.push(part) })
  await settle()
  relay.link.send({ kind: 'Response', ref: 1, message: '1', more: true })
  relay.link.send({ kind: 'Response', ref: 1, message: '2', more: true })
  relay.link.send({ kind: 'Response', ref: 1, message: '3' })
  expect((await answer).data).toBe(3)
  expect(parts.map(({ data }) => data)).toEqual([1, 2])
})

test('restarts the timeout at each part', async () => {
  const { client, relay, clock } = await connect()
  const answer = client.request('slow', null, { timeoutMs: 1000 })
  await clock.advance(1500)
  relay.link.send({ kind: 'Response', ref: 1, message: '1', more: true })
  await clock.advance(1500)
  relay.link.send({ kind: 'Response', ref: 1, message: '2' })
  expect((await answer).data).toBe(2)
})

test.each([10 * 60_000, Number.POSITIVE_INFINITY])('limits a timeout of %d ms to 5 minutes', async (timeoutMs) => {
  const { client, relay } = await connect()
  const answer = client.request('slow', null, { timeoutMs })
  await settle()
  expect(relay.link.all('Request')).toMatchObject([{ timeout: 300_000 }])
  client.close()
  await expect(answer).rejects.toMatchObject({ code: 'interrupted' })
})

describe('rejects', () => {
  test.each(['timeout', 'no_responders', 'forbidden', 'internal'] as const)('with %s from the relay', async (code) => {
    const { client, relay } = await connect()
    const answer = client.request('a')
    await settle()
    relay.link.send({ kind: 'Error', ref: 1, code, message: 'sorry', retry: false })
    await expect(answer).rejects.toMatchObject({ code, message: 'sorry' })
  })
  test('with timeout a second later if the relay sends nothing, and cancels', async () => {
    const { client, relay, clock } = await connect()
    const answer = client.request('a', null, { timeoutMs: 2000 })
    const rejected = expect(answer).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(2999)
    expect(relay.link.all('Cancel')).toEqual([])
    await clock.advance(1)
    await rejected
    expect(relay.link.all('Cancel')).toMatchObject([{ ref: 1 }])
  })
  test('with the reason of its signal, cancels, and ignores a late answer', async () => {
    const { client, relay, errors } = await connect()
    const abort = new AbortController()
    const answer = client.request('a', null, { signal: abort.signal })
    await settle()
    abort.abort('changed my mind')
    await expect(answer).rejects.toBe('changed my mind')
    expect(relay.link.all('Cancel')).toMatchObject([{ ref: 1 }])
    relay.link.send({ kind: 'Response', ref: 1, message: '' })
    relay.link.send({ kind: 'Error', ref: 1, code: 'timeout', message: '', retry: true })
    expect(errors).toEqual([])
  })
  test('without a frame if the signal was aborted before', async () => {
    const { client, relay, clock } = await connect()
    const timers = clock.timers
    await expect(client.request('a', null, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    expect(relay.link.all('Request')).toEqual([])
    expect(clock.timers).toBe(timers)
  })
  test('with interrupted at a drop', async () => {
    const { client, relay } = await connect()
    const answer = client.request('a')
    await settle()
    relay.link.drop()
    await expect(answer).rejects.toMatchObject({ code: 'interrupted' })
  })
  test('with invalid_subject and too_large without a frame, and leaves no timer', async () => {
    const { client, relay, clock } = await connect()
    const timers = clock.timers
    await expect(client.request('good.*')).rejects.toMatchObject({ code: 'invalid_subject' })
    await expect(client.request('a', 'x'.repeat(1001))).rejects.toMatchObject({ code: 'too_large' })
    expect(relay.link.all('Request')).toEqual([])
    expect(clock.timers).toBe(timers)
  })
})

describe('offline', () => {
  test('a request waits for the connection', async () => {
    const { client, relay } = start()
    const answer = client.request('a')
    await settle()
    const ref = relay.link.all('Request')[0]?.ref ?? 0
    relay.link.send({ kind: 'Response', ref, message: 'yes' })
    expect((await answer).data).toBe('yes')
  })
  test('a request times out, and is not sent later', async () => {
    const { client, relay, clock } = start()
    relay.obliging = false
    const answer = client.request('a', null, { timeoutMs: 1000 })
    const rejected = expect(answer).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(2000)
    await rejected
    relay.obliging = true
    relay.link.open()
    await settle()
    expect(relay.link.all('Request')).toEqual([])
  })
})

test('reports an onPart that throws, and still resolves with the answer', async () => {
  const { client, relay, errors } = await connect()
  const onPart = vi.fn(() => {
    throw new Error('boom')
  })
  const answer = client.request('a', null, { onPart })
  await settle()
  relay.link.send({ kind: 'Response', ref: 1, message: '1', more: true })
  relay.link.send({ kind: 'Response', ref: 1, message: '2' })
  expect((await answer).data).toBe(2)
  expect(errors).toMatchObject([{ stage: 'handler', message: 'boom' }])
})
