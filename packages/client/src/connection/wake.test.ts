import { afterEach, describe, expect, test, vi } from 'vitest'
import { connect, start } from '../testing/connect.js'
import { settle } from '../testing/fake-clock.js'

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
  test('a closed client does not listen any more', async () => {
    const target = page()
    const { client, relay } = await connect()
    client.close()
    target.dispatchEvent(new Event('online'))
    await settle()
    expect(relay.links).toHaveLength(1)
  })
})
