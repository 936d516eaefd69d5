import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test, vi } from 'vitest'
import { createClient } from './client.js'
import type { Status } from './connection/status.js'
import { connect, start } from './testing/connect.js'
import { settle } from './testing/fake-clock.js'

const quiet = (): void => undefined

describe('a final refusal', () => {
  test('is not come back from, settles everything, and is reported once', async () => {
    const { client, relay, clock, errors } = await connect()
    relay.answer = ({ kind }) => (kind === 'Publish' ? 'nothing' : undefined)
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    const inFlight = client.publish('a')
    const answer = client.request('a')
    const interrupted = expect(answer).rejects.toMatchObject({ code: 'interrupted' })
    await settle()
    relay.link.drop(4501, 'who are you?')
    expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'unauthorized', retry: false } })
    expect(await inFlight).toBe('unknown')
    await interrupted
    expect(onStatus).toHaveBeenLastCalledWith('denied')
    await expect(client.publish('a')).rejects.toMatchObject({ code: 'unauthorized', message: 'who are you?' })
    expect(errors.filter(({ stage }) => stage === 'transport')).toHaveLength(1)
    expect(clock.timers).toBe(0)
  })
  test('also rejects what had not been sent', async () => {
    const { client, relay } = start()
    relay.obliging = false
    const waiting = client.publish('a')
    await settle()
    relay.link.drop(4503)
    await expect(waiting).rejects.toMatchObject({ code: 'forbidden' })
  })
  test('with a code that we do not know is final all the same', async () => {
    const { client, relay, clock } = await connect()
    client.subscribe('a', quiet)
    relay.link.drop(4999)
    expect(client.status).toMatchObject({ state: 'closed', reason: { retry: false } })
    expect(clock.timers).toBe(0)
  })
  test('reconnect() tries again, with all subscriptions', async () => {
    const { client, relay } = await connect()
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    await settle()
    relay.link.drop(4501)
    client.reconnect()
    await settle()
    expect(client.status.state).toBe('online')
    expect(onStatus).toHaveBeenLastCalledWith('ready')
  })
})

describe('close()', () => {
  test('settles everything, leaves no timer, and ends the session', async () => {
    const { client, relay, clock, errors } = await connect()
    relay.answer = ({ kind }) => (kind === 'Publish' ? 'nothing' : undefined)
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    client.subscribe('b', quiet)()
    await settle()
    const published = client.publish('a')
    const rejected = expect(client.request('a')).rejects.toMatchObject({ code: 'interrupted' })
    client.close()
    client.close()
    expect(await published).toBe('unknown')
    await rejected
    expect(onStatus).toHaveBeenLastCalledWith('idle')
    expect(relay.link.closedWith).toBe(1000)
    expect(client.status).toMatchObject({ state: 'closed', reason: undefined })
    expect(clock.timers).toBe(0)
    expect(errors).toEqual([])
  })
  test('rejects what waits, and every later call', async () => {
    const { client } = start()
    const interrupted = { code: 'interrupted' }
    const waiting = expect(client.publish('a')).rejects.toMatchObject(interrupted)
    client.close()
    await waiting
    await expect(client.publish('a')).rejects.toMatchObject(interrupted)
    await expect(client.request('a')).rejects.toMatchObject(interrupted)
    for (const call of [
      () => client.subscribe('a', quiet),
      () => client.subscribe('a'),
      () => client.serve('a', quiet),
    ])
      expect(call).toThrow(expect.objectContaining({ ...interrupted, message: expect.stringContaining('closed') }))
  })
  test('before anything has opened opens nothing', async () => {
    const { client, relay, clock } = start()
    client.close()
    await clock.advance(100_000)
    expect(relay.links).toEqual([])
    expect(clock.timers).toBe(0)
  })
  test('within a callback is safe', async () => {
    const { client, relay, clock } = await connect()
    client.subscribe('a', quiet, { onStatus: (status) => status === 'reconnecting' && client.close() })
    await settle()
    const seen: Status['state'][] = []
    client.onStatus(({ state }) => seen.push(state))
    relay.link.drop()
    expect(client.status.state).toBe('closed')
    expect(clock.timers).toBe(0)
    expect(seen).toEqual(['closed'])
  })
  test('ten thousand times leaves nothing behind (N11)', async () => {
    const { clock, relay } = start()
    for (let i = 0; i < 10_000; i++) createClient({ url: 'ws://relay.test', transport: relay.transport, clock }).close()
    await settle()
    expect(clock.timers).toBe(1)
    expect(relay.links).toHaveLength(1)
  })
})

test('report hands an error to onError as that of a handler', () => {
  const { client, errors } = start()
  const { report } = client
  report(new Error('broken'))
  report(new WildcastError('forbidden', 'not yours'))
  expect(errors).toMatchObject([
    { stage: 'handler', message: 'broken' },
    { stage: 'handler', code: 'forbidden' },
  ])
})
