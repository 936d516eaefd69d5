// Scripted: the subject is the wire: handshakes, pings, and frames that are malformed.
import { describe, expect, test, vi } from 'vitest'
import { type Connected, connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { silence } from '../testing/scripted-relay.js'

const quiet = (): void => undefined
const states = ({ client }: Connected): string[] => {
  const seen = [client.status.state as string]
  client.onStatus(({ state }) => seen.push(state))
  return seen
}

describe('the connection', () => {
  test('opens at once and sends Connect first', async () => {
    const connected = start({ token: 'secret' })
    const seen = states(connected)
    await settle()
    expect(seen).toEqual(['connecting', 'online'])
    expect(connected.relay.link.sent).toMatchObject([{ kind: 'Connect', token: 'secret', client: 'wildcast-js/0.1.0' }])
    expect(connected.client.welcome?.brokers[0]?.name).toBe('test')
  })
  test('is opened again after every drop, at the time in the status', async () => {
    const connected = await connect()
    const seen = states(connected)
    connected.relay.link.drop(1006, 'pulled')
    expect(connected.client.status).toMatchObject({
      state: 'waiting',
      attempt: 1,
      nextRetryAt: connected.clock.now() + 100,
      reason: { code: 'interrupted', message: 'pulled' },
    })
    await connected.clock.advance(250)
    expect(seen).toEqual(['online', 'waiting', 'connecting', 'online'])
    expect(connected.errors).toEqual([])
  })
  test('has the same status object until the status changes', async () => {
    const { client, clock, relay } = await connect()
    relay.link.drop()
    await clock.advance(250)
    const { status } = client
    await clock.advance(20_000)
    expect(client.status).toBe(status)
  })
  test('answers Ping with Pong', async () => {
    const { relay } = await connect()
    relay.link.send({ kind: 'Ping' })
    expect(relay.link.pongs).toBe(1)
  })
  test('is given up after 35 s of silence, and not while frames are received', async () => {
    const { client, relay, clock } = await connect()
    for (let i = 0; i < 10; i++) {
      await clock.advance(30_000)
      relay.link.send({ kind: 'Ping' })
    }
    expect(client.status.state).toBe('online')
    silence(relay)
    await clock.advance(34_999)
    expect(client.status.state).toBe('online')
    await clock.advance(1)
    expect(client.status).toMatchObject({ state: 'waiting', reason: { message: 'the relay did not answer' } })
    expect(relay.live).toBe(0)
  })
  test('is kept if the relay answers a Ping after 32 s of silence', async () => {
    const { client, relay, clock } = await connect()
    await clock.advance(600_000)
    expect(client.status.state).toBe('online')
    expect(relay.links).toHaveLength(1)
    expect(relay.link.pings).toBe(18)
  })
  test('survives a wall clock that is set back by a day, and is still given up in time', async () => {
    const { client, relay, clock } = await connect()
    clock.set(clock.now() - 86_400_000)
    relay.link.send({ kind: 'Ping' })
    silence(relay)
    await clock.advance(20_000)
    expect(client.status.state).toBe('online')
    expect(relay.links).toHaveLength(1)
    await clock.advance(60_000)
    expect(relay.links.length).toBeGreaterThan(1)
  })
  test('is given up after 10 s without Welcome', async () => {
    const { client, relay, clock } = start()
    relay.answer = () => 'nothing'
    await clock.advance(9_999)
    expect(client.status.state).toBe('connecting')
    await clock.advance(1)
    expect(client.status.state).toBe('waiting')
    expect(relay.live).toBe(0)
  })
  test('is replaced at a random time of the window when the relay is going away', async () => {
    const { client, relay, clock } = await connect()
    relay.link.send({ kind: 'GoingAway', reconnect_in: [1000, 3000] })
    await clock.advance(1999)
    expect(relay.links).toHaveLength(1)
    await clock.advance(1)
    expect(relay.links).toHaveLength(2)
    expect(relay.live).toBe(1)
    expect(client.status.state).toBe('online')
  })
  test('ignores the events of an earlier link', async () => {
    const { client, relay, clock } = await connect()
    const first = relay.link
    relay.link.send({ kind: 'GoingAway', reconnect_in: [0, 0] })
    await clock.advance(0)
    first.drop(4501)
    first.send({ kind: 'Ping' })
    await settle()
    expect(client.status.state).toBe('online')
  })
  test('is opened at once by reconnect(), which does nothing while online', async () => {
    const { client, relay } = await connect()
    client.reconnect()
    expect(relay.links).toHaveLength(1)
    relay.link.drop()
    client.reconnect()
    await settle()
    expect(client.status.state).toBe('online')
    expect(relay.links).toHaveLength(2)
  })
  test('reports a listener that throws, and calls the others', async () => {
    const { client, relay, errors } = await connect()
    const listener = vi.fn()
    client.onStatus(() => {
      throw new Error('boom')
    })
    client.onStatus(listener)()
    client.onStatus(listener)
    relay.link.drop()
    expect(errors).toMatchObject([{ stage: 'handler' }])
    expect(listener).toHaveBeenCalledOnce()
  })
})

describe('the token', () => {
  test('is requested at each connect', async () => {
    let count = 0
    const { relay, clock } = await connect({ token: async () => `token ${++count}` })
    relay.link.drop()
    await clock.advance(250)
    expect(relay.links.map((link) => link.all('Connect')[0]?.token)).toEqual(['token 1', 'token 2'])
  })
  test('that is unavailable is requested again, and the client does not connect without it', async () => {
    let broken = true
    const token = (): string => {
      if (broken) throw new Error('no session')
      return 'fresh'
    }
    const { client, relay, clock, errors } = await connect({ token })
    expect(client.status.state).toBe('waiting')
    expect(relay.links).toEqual([])
    expect(errors).toEqual([{ code: 'internal', stage: 'token', message: 'no session' }])
    broken = false
    await clock.advance(250)
    expect(client.status.state).toBe('online')
    expect(relay.link.all('Connect')).toMatchObject([{ token: 'fresh' }])
  })
  test('that arrives after the deadline opens nothing', async () => {
    let resolveToken: (token: string) => void = quiet
    const { relay, clock } = await connect({ token: () => new Promise((resolve) => (resolveToken = resolve)) })
    await clock.advance(10_000)
    resolveToken('late')
    await settle()
    expect(relay.links).toEqual([])
  })
  test('that is slow leaves the relay the full 10 s', async () => {
    let resolveToken: (token: string) => void = quiet
    const { client, relay, clock } = start({ token: () => new Promise((resolve) => (resolveToken = resolve)) })
    relay.answer = () => 'nothing'
    await clock.advance(9_000)
    resolveToken('slow')
    await clock.advance(9_999)
    expect(relay.link.all('Connect')).toMatchObject([{ token: 'slow' }])
    expect(client.status.state).toBe('connecting')
    await clock.advance(1)
    expect(client.status).toMatchObject({
      state: 'waiting',
      reason: { message: expect.stringContaining('no Welcome within 10 s') },
    })
  })
})
