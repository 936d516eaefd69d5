import { afterEach, describe, expect, test, vi } from 'vitest'
import { started, type Tested, tested, timed } from '../testing/tested.js'

const pings = ({ relay }: Tested): number => relay.frames('Ping').length
const attempts = ({ relay }: Tested): number => relay.frames('Connect').length

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
    const { client, relay } = await tested()
    relay.cut()
    await relay.settled()
    expect(client.status.state).toBe('waiting')
    target.dispatchEvent(new Event(event))
    await relay.settled()
    expect(client.status.state).toBe('online')
  })
  test('by online forgets that WebSockets were blocked, since the network may have changed', async () => {
    const target = page()
    const kept: Record<string, string> = { 'wildcast ws://relay.test': '1' }
    vi.stubGlobal('sessionStorage', kept)
    await tested()
    target.dispatchEvent(new Event('visibilitychange'))
    expect(Object.keys(kept)).toHaveLength(1)
    target.dispatchEvent(new Event('online'))
    expect(kept).toEqual({})
  })
  test('by many events makes one attempt at a time (N9)', async () => {
    const target = page()
    const one = await started()
    for (let i = 0; i < 100; i++) target.dispatchEvent(new Event('online'))
    await one.relay.settled()
    for (let i = 0; i < 100; i++) target.dispatchEvent(new Event('online'))
    await one.relay.settled()
    expect({ attempts: attempts(one), connections: one.relay.connections }).toEqual({ attempts: 1, connections: 1 })
  })
  test('does not happen in a hidden page', async () => {
    const target = page()
    vi.stubGlobal('document', { visibilityState: 'hidden' })
    const { client, relay } = await tested()
    relay.cut()
    await relay.settled()
    target.dispatchEvent(new Event('visibilitychange'))
    await relay.settled()
    expect(client.status.state).toBe('waiting')
  })
  test.each(['online', 'pageshow', 'visibilitychange', 'resume'])(
    'by %s probes the relay, and gives it up after 3 s without an answer',
    async (event) => {
      const target = page()
      const one = await tested()
      const { client, relay, clock } = one
      const { status } = client
      target.dispatchEvent(new Event(event))
      await clock.advance(20_000)
      expect({ status: client.status, pings: pings(one) }).toEqual({ status, pings: 1 })
      relay.slow()
      target.dispatchEvent(new Event(event))
      target.dispatchEvent(new Event(event))
      await clock.advance(2_999)
      expect({ status: client.status, pings: pings(one) }).toEqual({ status, pings: 3 })
      await clock.advance(1)
      expect(client.status).toMatchObject({ state: 'waiting', reason: { message: 'the relay did not answer' } })
    },
  )
  test('by a change of the network probes the relay, too', async () => {
    page()
    const connection = new EventTarget()
    vi.stubGlobal('navigator', { connection })
    const one = await tested()
    expect(pings(one)).toBe(0)
    connection.dispatchEvent(new Event('change'))
    await one.relay.settled()
    expect(pings(one)).toBe(1)
  })
  test('by a timer that is a minute late probes the relay first', async () => {
    const one = await timed()
    await one.relay.settled()
    const release = one.relay.slow() // else the relay's own pings come first
    one.own.sleep(600_000)
    await one.clock.advance(32_000)
    release()
    await one.clock.advance(3_000)
    expect({ state: one.client.status.state, pings: pings(one), attempts: attempts(one) }).toEqual({
      state: 'online',
      pings: 1,
      attempts: 1,
    })
  })
  test('after ten minutes of sleep replaces the link at once (N9)', async () => {
    const target = page()
    const one = await timed()
    await one.relay.settled()
    one.own.sleep(600_000)
    target.dispatchEvent(new Event('visibilitychange'))
    await one.relay.settled()
    expect({ attempts: attempts(one), connections: one.relay.connections }).toEqual({ attempts: 2, connections: 1 })
    expect(one.client.status.state).toBe('online')
  })
  test('of a page from the back/forward cache resumes the session of its closed connection', async () => {
    const target = page()
    const { client, relay, own } = await timed()
    const reports: unknown[] = []
    client.subscribe('a', () => {}, { onGap: (gap) => reports.push(gap), onStatus: (status) => reports.push(status) })
    await relay.settled()
    target.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: false }))
    await relay.settled()
    expect(relay.connections).toBe(1)
    target.dispatchEvent(Object.assign(new Event('pagehide'), { persisted: true }))
    await relay.settled()
    expect(relay.connections).toBe(0)
    own.sleep(30_000) // the page and its timers are frozen
    await relay.publish('a', 1)
    target.dispatchEvent(new Event('pageshow'))
    await relay.settled()
    expect(relay.frames('Connect')).toMatchObject([{}, { session: expect.any(String) }])
    expect(reports).toEqual(['connecting', 'syncing', 'ready', 'reconnecting', 'ready'])
  })
  test('does not affect a closed client', async () => {
    const target = page()
    const one = await tested()
    one.client.close()
    target.dispatchEvent(new Event('online'))
    await one.relay.settled()
    expect({ attempts: attempts(one), connections: one.relay.connections }).toEqual({ attempts: 1, connections: 0 })
  })
})

describe('a lost network', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('is noticed 3 s after the first frame that is sent', async () => {
    const one = await tested()
    const { client, relay, clock } = one
    await clock.advance(10_000)
    relay.slow()
    void client.publish('a')
    await clock.advance(1_000)
    void client.publish('b')
    await clock.advance(1_999)
    expect({ state: client.status.state, pings: pings(one) }).toEqual({ state: 'online', pings: 1 })
    await clock.advance(1)
    expect(client.status.state).toBe('waiting')
  })
  test('is not suspected while answers are received', async () => {
    const one = await tested()
    for (let i = 0; i < 100; i++) {
      await one.client.publish('a')
      await one.clock.advance(500)
    }
    expect(pings(one)).toBe(0)
  })
  test('is not checked by the timers of a hidden page', async () => {
    vi.stubGlobal('document', { visibilityState: 'hidden' })
    const one = await tested()
    one.relay.slow()
    void one.client.publish('a')
    await one.clock.advance(9_000)
    expect({ state: one.client.status.state, pings: pings(one) }).toEqual({ state: 'online', pings: 0 })
  })
})
