import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'
import { keep } from '../testing/keeping.js'
import { silence } from '../testing/scripted-relay.js'

describe('waking', () => {
  afterEach(() => vi.unstubAllGlobals())
  const page = (): EventTarget => {
    const target = new EventTarget()
    vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
    return target
  }

  test.each(['online', 'pageshow', 'visibilitychange'])('%s ends the wait', async (event) => {
    const target = page()
    const { client, relay } = await connect()
    relay.link.drop()
    target.dispatchEvent(new Event(event))
    await settle()
    expect(client.status.state).toBe('online')
  })
  test('online forgets that WebSockets were blocked, since the network may be another', async () => {
    const target = page()
    const kept: Record<string, string> = { 'wildcast ws://relay.test': '1' }
    vi.stubGlobal('sessionStorage', kept)
    await connect()
    target.dispatchEvent(new Event('visibilitychange'))
    expect(Object.keys(kept)).toHaveLength(1)
    target.dispatchEvent(new Event('online'))
    expect(kept).toEqual({})
  })
  test('a storm of events is one attempt at a time (N9)', async () => {
    const target = page()
    const { relay } = start()
    for (let i = 0; i < 100; i++) target.dispatchEvent(new Event('online'))
    await settle()
    for (let i = 0; i < 100; i++) target.dispatchEvent(new Event('online'))
    expect(relay.links).toHaveLength(1)
  })
  test('a hidden page stays asleep', async () => {
    const target = page()
    vi.stubGlobal('document', { visibilityState: 'hidden' })
    const { client, relay } = await connect()
    relay.link.drop()
    target.dispatchEvent(new Event('visibilitychange'))
    expect(client.status.state).toBe('waiting')
  })
  test.each(['online', 'pageshow', 'visibilitychange', 'resume'])(
    '%s asks a relay for a sign of life, and is over with it after 3 s without one',
    async (event) => {
      const target = page()
      const { client, relay, clock } = await connect()
      const { status } = client
      target.dispatchEvent(new Event(event))
      await clock.advance(20_000)
      expect([client.status, relay.link.pings]).toEqual([status, 1])
      silence(relay)
      target.dispatchEvent(new Event(event))
      target.dispatchEvent(new Event(event))
      await clock.advance(2_999)
      expect([client.status, relay.link.pings]).toEqual([status, 3])
      await clock.advance(1)
      expect(client.status).toMatchObject({ state: 'waiting', reason: { message: 'the relay fell silent' } })
    },
  )
  test('a change of the network asks, too', async () => {
    page()
    const connection = new EventTarget()
    vi.stubGlobal('navigator', { connection })
    const { relay } = await connect()
    connection.dispatchEvent(new Event('change'))
    expect(relay.link.pings).toBe(1)
  })
  test('a timer that comes a minute late asks before it judges', async () => {
    const { client, relay, clock } = await connect()
    clock.set(clock.now() + 600_000) // the machine has slept, and timers with it
    await clock.advance(32_000)
    expect([client.status.state, relay.link.pings, relay.links.length]).toEqual(['online', 1, 1])
  })
  test('after ten minutes of sleep the link is replaced at once (N9)', async () => {
    const target = page()
    const { client, relay, clock } = await connect()
    clock.set(clock.now() + 600_000)
    target.dispatchEvent(new Event('visibilitychange'))
    await settle()
    expect(relay.links).toHaveLength(2)
    expect(relay.live).toBe(1)
    expect(client.status.state).toBe('online')
  })
  test('a page that is left for the way back closes its connection, and resumes its session', async () => {
    const target = page()
    const { client, relay, clock } = await keep()
    const told: unknown[] = []
    client.subscribe('a', () => {}, { onGap: (gap) => told.push(gap), onStatus: (status) => told.push(status) })
    await settle()
    target.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }))
    expect(relay.link.closedWith).toBe('open')
    target.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }))
    expect(relay.link.closedWith).toBeUndefined() // 1000 would end the session
    clock.set(clock.now() + 30_000) // frozen, as its timers are
    target.dispatchEvent(new Event('pageshow'))
    await settle()
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'key' }])
    expect(told).toEqual(['syncing', 'ready', 'reconnecting', 'ready'])
  })
  test('a closed client does not listen any more', async () => {
    const target = page()
    const { client, relay } = await connect()
    client.close()
    target.dispatchEvent(new Event('online'))
    await settle()
    expect(relay.links).toHaveLength(1)
  })
})

describe('a network that is gone', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('is noticed 3 s after the first frame that was sent into it', async () => {
    const { client, relay, clock } = await keep()
    await clock.advance(10_000)
    silence(relay)
    void client.publish('a')
    await clock.advance(1_000)
    void client.publish('b')
    await clock.advance(1_999)
    expect([client.status.state, relay.link.pings]).toEqual(['online', 1])
    await clock.advance(1)
    expect(client.status.state).toBe('waiting')
  })
  test('is not asked for where answers come', async () => {
    const { client, relay, clock } = await connect()
    for (let i = 0; i < 100; i++) {
      await client.publish('a')
      await clock.advance(500)
    }
    expect(relay.link.pings).toBe(0)
  })
  test('is not judged by the timers of a hidden page', async () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' })
    const { client, relay, clock } = await keep()
    silence(relay)
    void client.publish('a')
    await clock.advance(10_000)
    expect([client.status.state, relay.link.pings]).toEqual(['online', 0])
  })
  /** How long a relay that answers nothing but Connect is waited for. */
  const patience = async ({ client, relay, clock }: Awaited<ReturnType<typeof connect>>): Promise<number> => {
    relay.answer = ({ kind }) => (kind === 'Connect' ? undefined : 'nothing')
    void client.publish('a')
    const { links } = relay
    const { length } = links
    let ms = 0
    for (; relay.live > 0 && links.length === length; ms += 500) await clock.advance(500)
    await clock.advance(30_000)
    return ms
  }
  test('has longer each time until the relay is heard, since a long message may be on its way', async () => {
    const on = await connect()
    const { client, relay, clock } = on
    await clock.advance(10_000)
    expect([await patience(on), await patience(on), await patience(on)]).toEqual([3_000, 6_000, 12_000])
    relay.answer = () => undefined
    await client.publish('a')
    expect(await patience(on)).toBe(3_000)
  })
  test('has no longer for attempts that fail in between', async () => {
    const on = await connect()
    const { relay, clock } = on
    silence(relay)
    void on.client.publish('a')
    await clock.advance(3_000)
    expect(on.client.status.state).toBe('waiting')
    await clock.advance(120_000)
    expect(relay.links.length).toBeGreaterThan(4)
    relay.answer = () => undefined
    await clock.advance(30_000) // not so long that it asks for a sign of life
    expect(await patience(on)).toBe(6_000)
  })
})
