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

  test.each(['online', 'pageshow', 'visibilitychange'])('by %s ends the wait', async (event) => {
    const target = page()
    const { client, relay } = await connect()
    relay.link.drop()
    target.dispatchEvent(new Event(event))
    await settle()
    expect(client.status.state).toBe('online')
  })
  test('by online forgets that WebSockets were blocked, since the network may have changed', async () => {
    const target = page()
    const kept: Record<string, string> = { 'wildcast ws://relay.test': '1' }
    vi.stubGlobal('sessionStorage', kept)
    await connect()
    target.dispatchEvent(new Event('visibilitychange'))
    expect(Object.keys(kept)).toHaveLength(1)
    target.dispatchEvent(new Event('online'))
    expect(kept).toEqual({})
  })
  test('by many events makes one attempt at a time (N9)', async () => {
    const target = page()
    const { relay } = start()
    for (let i = 0; i < 100; i++) target.dispatchEvent(new Event('online'))
    await settle()
    for (let i = 0; i < 100; i++) target.dispatchEvent(new Event('online'))
    expect(relay.links).toHaveLength(1)
  })
  test('does not happen in a hidden page', async () => {
    const target = page()
    vi.stubGlobal('document', { visibilityState: 'hidden' })
    const { client, relay } = await connect()
    relay.link.drop()
    target.dispatchEvent(new Event('visibilitychange'))
    expect(client.status.state).toBe('waiting')
  })
  test.each(['online', 'pageshow', 'visibilitychange', 'resume'])(
    'by %s probes the relay, and gives it up after 3 s without an answer',
    async (event) => {
      const target = page()
      const { client, relay, clock } = await connect()
      const { status } = client
      target.dispatchEvent(new Event(event))
      await clock.advance(20_000)
      expect({ status: client.status, pings: relay.link.pings }).toEqual({ status, pings: 1 })
      silence(relay)
      target.dispatchEvent(new Event(event))
      target.dispatchEvent(new Event(event))
      await clock.advance(2_999)
      expect({ status: client.status, pings: relay.link.pings }).toEqual({ status, pings: 3 })
      await clock.advance(1)
      expect(client.status).toMatchObject({ state: 'waiting', reason: { message: 'the relay did not answer' } })
    },
  )
  test('by a change of the network probes the relay, too', async () => {
    page()
    const connection = new EventTarget()
    vi.stubGlobal('navigator', { connection })
    const { relay } = await connect()
    connection.dispatchEvent(new Event('change'))
    expect(relay.link.pings).toBe(1)
  })
  test('by a timer that is a minute late probes the relay first', async () => {
    const { client, relay, clock } = await connect()
    clock.set(clock.now() + 600_000) // the machine and its timers have slept
    await clock.advance(32_000)
    const { state } = client.status
    expect({ state, pings: relay.link.pings, links: relay.links.length }).toEqual({
      state: 'online',
      pings: 1,
      links: 1,
    })
  })
  test('after ten minutes of sleep replaces the link at once (N9)', async () => {
    const target = page()
    const { client, relay, clock } = await connect()
    clock.set(clock.now() + 600_000)
    target.dispatchEvent(new Event('visibilitychange'))
    await settle()
    expect(relay.links).toHaveLength(2)
    expect(relay.live).toBe(1)
    expect(client.status.state).toBe('online')
  })
  test('of a page from the back/forward cache resumes the session of its closed connection', async () => {
    const target = page()
    const { client, relay, clock } = await keep()
    const reports: unknown[] = []
    client.subscribe('a', () => {}, { onGap: (gap) => reports.push(gap), onStatus: (status) => reports.push(status) })
    await settle()
    target.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }))
    expect(relay.link.closedWith).toBe('open')
    target.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }))
    expect(relay.link.closedWith).toBeUndefined() // 1000 would end the session
    clock.set(clock.now() + 30_000) // the page and its timers are frozen
    target.dispatchEvent(new Event('pageshow'))
    await settle()
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'key' }])
    expect(reports).toEqual(['syncing', 'ready', 'reconnecting', 'ready'])
  })
  test('does not affect a closed client', async () => {
    const target = page()
    const { client, relay } = await connect()
    client.close()
    target.dispatchEvent(new Event('online'))
    await settle()
    expect(relay.links).toHaveLength(1)
  })
})

describe('a lost network', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('is noticed 3 s after the first frame that is sent', async () => {
    const { client, relay, clock } = await keep()
    await clock.advance(10_000)
    silence(relay)
    void client.publish('a')
    await clock.advance(1_000)
    void client.publish('b')
    await clock.advance(1_999)
    expect({ state: client.status.state, pings: relay.link.pings }).toEqual({ state: 'online', pings: 1 })
    await clock.advance(1)
    expect(client.status.state).toBe('waiting')
  })
  test('is not suspected while answers are received', async () => {
    const { client, relay, clock } = await connect()
    for (let i = 0; i < 100; i++) {
      await client.publish('a')
      await clock.advance(500)
    }
    expect(relay.link.pings).toBe(0)
  })
  test('is not checked by the timers of a hidden page', async () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' })
    const { client, relay, clock } = await keep()
    silence(relay)
    void client.publish('a')
    await clock.advance(10_000)
    expect({ state: client.status.state, pings: relay.link.pings }).toEqual({ state: 'online', pings: 0 })
  })
  /** How long the client waits for a relay that answers only Connect. */
  const waitMs = async ({ client, relay, clock }: Awaited<ReturnType<typeof connect>>): Promise<number> => {
    relay.answer = ({ kind }) => (kind === 'Connect' ? undefined : 'nothing')
    void client.publish('a')
    const { links } = relay
    const { length } = links
    let ms = 0
    for (; relay.live > 0 && links.length === length; ms += 500) await clock.advance(500)
    await clock.advance(30_000)
    return ms
  }
  test('is noticed later each time until a frame is received, since a long message may be in flight', async () => {
    const on = await connect()
    const { client, relay, clock } = on
    await clock.advance(10_000)
    expect([await waitMs(on), await waitMs(on), await waitMs(on)]).toEqual([3_000, 6_000, 12_000])
    relay.answer = () => undefined
    await client.publish('a')
    expect(await waitMs(on)).toBe(3_000)
  })
  test('is not noticed later after attempts that fail in between', async () => {
    const on = await connect()
    const { relay, clock } = on
    silence(relay)
    void on.client.publish('a')
    await clock.advance(3_000)
    expect(on.client.status.state).toBe('waiting')
    await clock.advance(120_000)
    expect(relay.links.length).toBeGreaterThan(4)
    relay.answer = () => undefined
    await clock.advance(30_000) // less than the silence after which the client probes
    expect(await waitMs(on)).toBe(6_000)
  })
})
