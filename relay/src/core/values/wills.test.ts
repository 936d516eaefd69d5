import { describe, expect, it } from 'vitest'
import { settled } from '../../testing/scripted-link.js'
import { refsOf, type ValueClient, type ValueRelay, valueRelay } from '../../testing/value-relay.js'

const will = { will: 'off' }
const lostOf = (client: ValueClient): unknown[] => client.received().flatMap(({ Lost }) => Lost ?? [])

/** Closes a connection with a code, or without. */
async function close(client: ValueClient, code?: number): Promise<void> {
  client.dialect.close(code)
  await settled()
}

/** A client with a will for the value of "state". */
async function withWill(
  fields: object = {},
  options: Parameters<typeof valueRelay>[0] = {},
): Promise<{ relay: ValueRelay; client: ValueClient; state: () => unknown }> {
  const relay = await valueRelay(options)
  const client = relay.client()
  await client.retain(1, 'state', 'on', { ...will, ...fields })
  return { relay, client, state: () => relay.store.get('state') }
}

describe.each([{ leased: false }, { leased: true }])('a will, at a store with %j', (options) => {
  it.each([1000, 1001])(
    'is written at once, and delivered, when the client closes with %i (FX-SYN-14)',
    async (code) => {
      const { relay, client } = await withWill({}, options)
      const observer = relay.client()
      await observer.sends({ Subscribe: { ref: 1, subject: 'state' } })
      await close(client, code)
      expect(observer.received()).toMatchObject([{ Message: { subject: 'state', message: 'off' } }])
      expect(relay.store.get('state')).toBe('off')
    },
  )

  it('"null" deletes the value, and the next who waits is granted (FX-SYN-15)', async () => {
    const relay = await valueRelay(options)
    const [holder, next] = [relay.client(), relay.client()]
    await holder.lock(1)
    await next.lock(2)
    await close(holder, 1000)
    expect(refsOf(next.received())).toEqual([2])
    expect(relay.store.written).toEqual(['lock=mine', 'lock=', 'lock=mine'])
  })

  it.each<[by: string, write: (relay: ValueRelay, client: ValueClient) => unknown]>([
    ['another client', ({ client }) => client().retain(9, 'state', 'else')],
    ['another relay', ({ store }) => store.set('state', 'else')],
    ['its own session', (_, client) => client.retain(9, 'state', 'else')],
    ['its own session on a condition', (_, client) => client.retain(9, 'state', 'else', { when: { no: 'JSON' } })],
  ])('is cancelled by a later write of %s (FX-SYN-16)', async (by, write) => {
    const { relay, client, state } = await withWill({}, options)
    await write(relay, client)
    await close(client, 1000)
    expect(state()).toBe(by.endsWith('condition') ? 'off' : 'else')
  })

  it('is replaced by that of a later write of the same session', async () => {
    const { client, state } = await withWill({}, options)
    await client.retain(2, 'state', 'on', { will: [98, 121, 101] })
    await close(client, 1000)
    expect(state()).toEqual(new TextEncoder().encode('bye'))
  })

  it('is cancelled by a write of another client, which only a subscription notices', async () => {
    const { client, store, pass } = await valueRelay()
    const [one, other] = [client(), client()]
    await one.sends({ Subscribe: { ref: 1, subject: 'lock' } })
    await one.lock(2)
    one.received()
    await other.retain(1, 'lock', '')
    const heard: unknown[] = []
    for (let i = 0; i < 5; i++) {
      await pass(5000)
      const frames = await one.sends('Ping')
      heard.push(...frames.flatMap(({ Message, Lost }) => Message?.deleted ?? Lost ?? []))
    }
    expect(store.written).toEqual(['lock=mine', 'lock='])
    expect(heard).toEqual([true])
  })

  it('is written 10 s after the last frame of a client that is gone, and once (Q5)', async () => {
    const { relay, client, state } = await withWill({}, options)
    await relay.pass(4000)
    await client.sends('Ping')
    await relay.pass(1000)
    await close(client, 1006)
    await relay.pass(8999)
    expect(state()).toBe('on')
    await relay.pass(1)
    expect(state()).toBe('off')
    await relay.pass(120_000)
    expect(relay.store.written).toEqual(['state=on', 'state=off'])
  })

  it('is not written if the client comes back in time; the token is the same (Q2)', async () => {
    const relay = await valueRelay(options)
    const client = relay.client()
    const [ack] = await client.lock(1)
    await close(client, 1006)
    await relay.pass(9000)
    const back = relay.client({ session: client.welcome.session, received: 0 })
    await relay.pass(9000)
    await close(back, 1006)
    await relay.pass(999)
    expect(relay.store.written).toEqual(['lock=mine'])
    expect(await relay.client().retain(2, 'lock', 'x', { when_revision: ack?.Ack?.revision })).toMatchObject([
      { Ack: { ref: 2 } },
    ])
  })

  it('is written although the session can be resumed, which is then notified', async () => {
    const { relay, client, state } = await withWill({}, options)
    await close(client, 1006)
    await relay.pass(10_000)
    expect(state()).toBe('off')
    const back = relay.client({ session: client.welcome.session, received: 1 })
    await settled()
    expect(lostOf(back)).toEqual([{ ref: 1, subject: 'state' }])
  })

  it('is written if a connected client is silent, which loses it', async () => {
    const { relay, client, state } = await withWill({}, options)
    for (const frame of ['Ping', 'Pong', { Received: 1 }, 'nonsense', { Unsubscribe: { id: 77 } }]) {
      await relay.pass(9999)
      await client.sends(frame)
    }
    expect(state()).toBe('on')
    await relay.pass(10_000)
    expect(state()).toBe('off')
    expect(lostOf(client)).toEqual([{ ref: 1, subject: 'state' }])
  })

  it('waits "will_after" milliseconds, each by itself', async () => {
    const { relay, client } = await withWill({ will_after: 20_000 }, options)
    await client.retain(2, 'other', 'on', { will: 'off', will_after: 3000 })
    await relay.pass(2999)
    expect(relay.store.get('other')).toBe('on')
    await relay.pass(1)
    expect(relay.store.get('other')).toBe('off')
    await relay.pass(16_999)
    expect(relay.store.get('state')).toBe('on')
    await relay.pass(1)
    expect(relay.store.get('state')).toBe('off')
  })

  it('is read from the input of a process that was stopped, before it is written', async () => {
    const { relay, client, state } = await withWill({}, options)
    relay.clock.stop(9500)
    await relay.pass(0)
    relay.clock.stop(2000)
    await relay.pass(0) // the timer is 1.5 s late: frames may wait in the socket
    await client.sends('Ping')
    await relay.pass(options.leased ? 0 : 9999)
    expect(state()).toBe('on')
  })

  it('is written if the write ends after the client has left', async () => {
    const relay = await valueRelay(options)
    const client = relay.client()
    const go = relay.store.hold()
    await client.retain(1, 'state', 'on', will)
    await close(client, 1000)
    go()
    await settled()
    expect(relay.store.written).toEqual(['state=on', 'state=off'])
  })

  it('is written after the link is back, if it is down', async () => {
    const { relay, client, state } = await withWill({}, options)
    relay.broker.status('down')
    relay.store.fail('write', 'broker_down', 1)
    await close(client, 1000)
    await relay.pass(2000)
    expect(state()).toBe('on')
    relay.broker.status('up')
    await settled()
    expect(state()).toBe('off')
  })

  it('is written once if the outcome of the first write is unknown', async () => {
    const { relay, client } = await withWill({}, options)
    relay.store.fail('write', 'interrupted')
    await close(client, 1000)
    await relay.pass(1000)
    expect(relay.store.written).toEqual(['state=on', 'state=off'])
  })

  it('is not set by a write that is refused', async () => {
    const relay = await valueRelay(options)
    relay.store.set('state', 'else')
    const client = relay.client()
    await client.retain(1, 'state', 'on', { ...will, when: null })
    await close(client, 1000)
    expect(relay.store.written).toEqual(['state=else'])
  })

  it('goes over to the session that repeats the publish with its key', async () => {
    const { relay, client, state } = await withWill({ key: 'k' }, options)
    await close(client, 1006)
    const other = relay.client()
    expect(await other.retain(1, 'state', 'on', { ...will, key: 'k' })).toMatchObject([{ Ack: { ref: 1 } }])
    for (let i = 0; i < 4; i++) {
      await relay.pass(5000)
      await other.sends('Ping')
    }
    expect(state()).toBe('on')
    await close(other, 1000)
    expect(state()).toBe('off')
  })

  it('is written when the client of a session over HTTP ends it', async () => {
    const { relay, client, state } = await withWill({}, options)
    relay.sessions.find(client.welcome.session)?.expire('left')
    await settled()
    expect(state()).toBe('off')
  })
})

describe('a session without wills', () => {
  it('reads no clock for its frames, and sets no timer', async () => {
    const { client, clock } = await valueRelay()
    const one = client()
    await one.sends({ Publish: { ref: 1, subject: 'a', message: 'x', retain: true } })
    const { timers } = clock
    const now = clock.now.bind(clock)
    const reads: number[] = []
    Object.assign(clock, {
      now() {
        reads.push(now())
        return now()
      },
    })
    one.dialect.confirm(1)
    expect([reads, clock.timers]).toEqual([[], timers])
  })
})
