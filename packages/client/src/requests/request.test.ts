import { describe, expect, test, vi } from 'vitest'
import type { Message } from '../messages/message.js'
import { type Tested, type TestedOptions, tested } from '../testing/tested.js'

/** A client, and another one that answers `a` with parts. */
async function answered(parts: readonly unknown[], everyMs = 0, options?: TestedOptions): Promise<Tested> {
  const one = await tested(options)
  one.relay.createClient().serve('a', async function* () {
    for (const part of parts.slice(0, -1)) {
      yield part
      await new Promise<void>((resolve) => one.clock.after(everyMs, resolve))
    }
    return parts.at(-1)
  })
  await one.relay.settled()
  return one
}

/** A client, and another one that never answers `a`. */
async function unanswered(): Promise<Tested> {
  const one = await tested()
  one.relay.createClient().serve('a', () => new Promise(() => {}))
  await one.relay.settled()
  return one
}

test('resolves with the answer as a message on the subject of the request', async () => {
  const { client, relay } = await answered([3])
  const answer = client.request('a', [1, 2], { headers: new Map([['k', 'v']]) })
  expect(await answer).toMatchObject({ subject: 'a', broker: 'main', data: 3, respond: undefined })
  expect(relay.frames('Request')).toMatchObject([
    { ref: 1, subject: 'a', message: '[1,2]', timeout: 5000, headers: [['k', 'v']] },
  ])
})

test('passes parts to onPart, and resolves with the last one', async () => {
  const { client, clock } = await answered([1, 2, 3])
  const parts: Message[] = []
  const answer = client.request('a', 3, { onPart: (part) => parts.push(part) })
  await clock.advance(0)
  expect((await answer).data).toBe(3)
  expect(parts.map(({ data }) => data)).toEqual([1, 2])
})

test('restarts the timeout at each part', async () => {
  const { client, clock } = await answered([1, 2, 3, 4], 900) // longer than the timeout and its second of grace
  const answer = client.request('a', null, { timeoutMs: 1000 })
  await clock.advance(4000)
  expect((await answer).data).toBe(4)
})

test.each([10 * 60_000, Number.POSITIVE_INFINITY])('limits a timeout of %d ms to 5 minutes', async (timeoutMs) => {
  const { client, relay } = await unanswered()
  const answer = client.request('a', null, { timeoutMs })
  await relay.settled()
  expect(relay.frames('Request')).toMatchObject([{ timeout: 300_000 }])
  client.close()
  await expect(answer).rejects.toMatchObject({ code: 'interrupted' })
})

describe('rejects', () => {
  test('with what the relay and the responder answer', async () => {
    const { client, relay, clock } = await unanswered()
    await expect(client.request('nobody')).rejects.toMatchObject({ code: 'no_responders' })
    const late = expect(client.request('a', null, { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(1000)
    await late
    relay.refuse('request', 'a')
    await expect(client.request('a')).rejects.toMatchObject({ code: 'forbidden' })
  })
  test('with timeout a second later if the relay sends nothing, and cancels', async () => {
    const { client, relay, clock } = await unanswered()
    relay.slow(client)
    const answer = client.request('a', null, { timeoutMs: 2000 })
    const rejected = expect(answer).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(2999)
    expect(relay.frames('Cancel')).toEqual([])
    await clock.advance(1)
    await rejected
    expect(relay.frames('Cancel')).toMatchObject([{ ref: 1 }])
  })
  test('with the reason of its signal, cancels, and ignores a late answer', async () => {
    const { client, relay, clock, errors } = await answered([1])
    relay.delay(1000)
    const abort = new AbortController()
    const answer = client.request('a', null, { signal: abort.signal })
    await clock.advance(1500) // the answer is on its way
    abort.abort('changed my mind')
    await expect(answer).rejects.toBe('changed my mind')
    await clock.advance(10_000)
    expect(relay.frames('Cancel')).toMatchObject([{ ref: 1 }])
    expect(errors).toEqual([])
  })
  test('without a frame if the signal was aborted before', async () => {
    const { client, relay } = await unanswered()
    await expect(client.request('a', null, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
    await relay.settled()
    expect(relay.frames('Request')).toEqual([])
  })
  test('with interrupted at a drop after which the session is lost', async () => {
    const { client, relay } = await unanswered()
    const answer = expect(client.request('a')).rejects.toMatchObject({ code: 'interrupted' })
    await relay.settled()
    await relay.restart()
    client.reconnect()
    await answer
  })
  test('with invalid_subject and too_large without a frame', async () => {
    const { client, relay } = await answered([1], 0, { limits: { payload: 1000 } })
    await expect(client.request('good.*')).rejects.toMatchObject({ code: 'invalid_subject' })
    await expect(client.request('a', 'x'.repeat(1001))).rejects.toMatchObject({ code: 'too_large' })
    await relay.settled()
    expect(relay.frames('Request')).toEqual([])
  })
})

describe('offline', () => {
  test('a request waits for the connection', async () => {
    const { relay } = await answered(['yes'])
    const client = relay.createClient()
    expect(client.status.state).not.toBe('online')
    expect((await client.request('a')).data).toBe('yes')
  })
  test('a request times out, and is not sent later', async () => {
    const { relay, clock } = await answered(['yes'])
    const client = relay.createClient()
    relay.cut({ client, forMs: 5000 })
    const rejected = expect(client.request('a', null, { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'timeout' })
    await clock.advance(2000)
    await rejected
    await clock.advance(20_000)
    expect(client.status.state).toBe('online')
    expect(relay.frames('Request')).toEqual([])
  })
})

test('reports an onPart that throws, and still resolves with the answer', async () => {
  const { client, clock, errors } = await answered([1, 2])
  const onPart = vi.fn(() => {
    throw new Error('boom')
  })
  const answer = client.request('a', null, { onPart })
  await clock.advance(0)
  expect((await answer).data).toBe(2)
  expect(errors).toMatchObject([{ stage: 'handler', message: 'boom' }])
})
