import { WildcastError } from '@wildcast/protocol'
import { describe, expect, test, vi } from 'vitest'
import { createClient } from './client.js'
import type { Status } from './connection/status.js'
import { ownClock } from './testing/client-clock.js'
import { started, tested, timed } from './testing/tested.js'

const quiet = (): void => undefined
const auth = { tokens: { ada: { user: 'ada', publish: ['**'], subscribe: ['**'], serve: ['**'], request: ['**'] } } }
const ofAda = { auth, client: { token: 'ada' } }

describe('a final refusal', () => {
  test('stops reconnecting, settles everything, and is reported once', async () => {
    const { client, relay, clock, errors, own } = await timed(ofAda)
    relay.createClient({ token: 'ada', onError: quiet }).serve('sum', () => new Promise(quiet))
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    await relay.settled()
    const answer = client.request('sum')
    const interrupted = expect(answer).rejects.toMatchObject({ code: 'interrupted' })
    await relay.settled()
    const inFlight = client.publish('a')
    relay.expire('ada')
    await relay.settled()
    expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'token_expired', retry: false } })
    await clock.advance(60_000)
    expect(await inFlight).toBe('unknown')
    await interrupted
    expect(onStatus).toHaveBeenLastCalledWith('error')
    await expect(client.publish('a')).rejects.toMatchObject({ code: 'token_expired', retry: false })
    expect(errors.filter(({ stage }) => stage === 'transport')).toHaveLength(1)
    expect(own.timers).toBe(0)
  })
  test('also rejects queued publishes', async () => {
    const { client } = await started({ auth, client: { token: 'of nobody' } })
    const waiting = client.publish('a')
    expect(waiting.state).toBe('waiting')
    await expect(waiting).rejects.toMatchObject({ code: 'unauthorized' })
  })
  test('is followed by a new attempt with all subscriptions after reconnect()', async () => {
    let token = 'of nobody'
    const { client, relay } = await tested({ auth, client: { token: () => token } })
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    await relay.settled()
    expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'unauthorized' } })
    token = 'ada'
    client.reconnect()
    await relay.settled()
    expect(client.status.state).toBe('online')
    expect(onStatus).toHaveBeenLastCalledWith('ready')
  })
})

describe('close()', () => {
  test('settles everything, stops all timers, and closes the connection', async () => {
    const { client, relay, errors, own } = await timed()
    const onStatus = vi.fn()
    client.subscribe('a', quiet, { onStatus })
    client.subscribe('b', quiet)()
    relay.createClient().serve('sum', () => new Promise(quiet))
    await relay.settled()
    const published = client.publish('a')
    const rejected = expect(client.request('sum')).rejects.toMatchObject({ code: 'interrupted' })
    client.close()
    client.close()
    expect(await published).toBe('unknown')
    await rejected
    expect(onStatus).toHaveBeenLastCalledWith('idle')
    expect(client.status).toMatchObject({ state: 'closed', reason: undefined })
    expect(own.timers).toBe(0)
    expect(errors).toEqual([])
    await relay.settled()
    expect(relay.connections).toBe(1) // that of the responder
  })
  test('rejects queued and later calls', async () => {
    const { client } = await started()
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
    const { client, relay, clock, own } = await timed()
    client.close()
    await clock.advance(100_000)
    expect({ connects: relay.frames('Connect'), connections: relay.connections }).toEqual({
      connects: [],
      connections: 0,
    })
    expect(own.timers).toBe(0)
  })
  test('within a callback is safe', async () => {
    const { client, relay, own } = await timed()
    client.subscribe('a', quiet, { onStatus: (status) => status === 'reconnecting' && client.close() })
    await relay.settled()
    const seen: Status['state'][] = []
    client.onStatus(({ state }) => seen.push(state))
    relay.cut()
    await relay.settled()
    expect(client.status.state).toBe('closed')
    expect(own.timers).toBe(0)
    expect(seen).toEqual(['closed'])
  })
  test('ten thousand times leaves nothing behind (N11)', async () => {
    const { relay } = await tested()
    const clock = ownClock(relay.clock)
    const { transport } = relay
    for (let i = 0; i < 10_000; i++) createClient({ url: 'ws://relay.test', transport, clock }).close()
    await relay.settled()
    expect(clock.timers).toBe(0)
    expect(relay.frames('Connect')).toHaveLength(1)
    expect(relay.connections).toBe(1)
  })
})

test('report passes an error to onError with the stage handler', async () => {
  const { client, errors } = await started()
  const { report } = client
  report(new Error('broken'))
  report(new WildcastError('forbidden', 'not yours'))
  expect(errors).toMatchObject([
    { stage: 'handler', message: 'broken' },
    { stage: 'handler', code: 'forbidden' },
  ])
})
