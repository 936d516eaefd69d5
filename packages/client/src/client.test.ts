import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test, vi } from 'vitest'
import { createClient } from './client.js'
import type { Status } from './connection/status.js'
import { connect, start } from './testing/connect.js'
import { settle } from './testing/fake-clock.js'

const quiet = (): void => undefined

describe('a final refusal', () => {
  test('stops reconnecting, settles everything, and is reported once', async () => {
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
  test('also rejects queued publishes', async () => {
    const { client, relay } = start()
    relay.obliging = false
    const waiting = client.publish('a')
    await settle()
    relay.link.drop(4503)
    await expect(waiting).rejects.toMatchObject({ code: 'forbidden' })
  })
  test('with an unknown code is final, too', async () => {
    const { client, relay, clock } = await connect()
    client.subscribe('a', quiet)
    relay.link.drop(4999)
    expect(client.status).toMatchObject({ state: 'closed', reason: { retry: false } })
    expect(clock.timers).toBe(0)
  })
  test('is followed by a new attempt with all subscriptions after reconnect()', async () => {
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
  test('settles everything, stops all timers, and ends the session', async () => {
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
  test('rejects queued and later calls', async () => {
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
  test('before the first connection opens none', async () => {
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

test('report passes an error to onError with the stage handler', () => {
  const { client, errors } = start()
  const { report } = client
  report(new Error('broken'))
  report(new WildcastError('forbidden', 'not yours'))
  expect(errors).toMatchObject([
    { stage: 'handler', message: 'broken' },
    { stage: 'handler', code: 'forbidden' },
  ])
})
