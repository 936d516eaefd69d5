import { describe, expect, it } from 'vitest'
import { type Tested, tested } from '../testing/tested.js'

// The events of a real page. Some of them don't bubble.

const pings = ({ relay }: Tested): number => relay.frames('Ping').length

describe('a page in Chromium', () => {
  it.each([
    ['when it is resumed', () => document.dispatchEvent(new Event('resume'))],
    ['when it becomes visible', () => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))],
    ['from the cache', () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))],
    [
      'on another network',
      () => (navigator as { connection?: EventTarget }).connection?.dispatchEvent(new Event('change')),
    ],
  ])('probes the relay %s', async (_, dispatch) => {
    const one = await tested()
    expect(pings(one)).toBe(0)
    dispatch()
    await one.relay.settled()
    expect(pings(one)).toBe(1)
  })

  it('closes its connection when it enters the cache, and resumes its session when it is restored', async () => {
    const { relay, client } = await tested()
    const gaps: unknown[] = []
    client.subscribe('good.*', () => {}, { onGap: (gap) => gaps.push(gap) })
    await relay.settled()
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    await relay.settled()
    expect(relay.connections).toBe(0)
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    await relay.settled()
    expect({ connections: relay.connections, state: client.status.state, gaps }).toEqual({
      connections: 1,
      state: 'online',
      gaps: [],
    })
    expect(relay.frames('Connect')).toMatchObject([{}, { session: expect.any(String) }])
  })
})
