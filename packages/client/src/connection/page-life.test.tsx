import { describe, expect, it, onTestFinished } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'

// The events of a real page. Some of them don't bubble.

async function kept(): Promise<Kept> {
  const connected = await keep()
  onTestFinished(() => connected.client.close())
  return connected
}

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
    const { relay } = await kept()
    dispatch()
    expect(relay.link.pings).toBe(1)
  })

  it('closes its connection when it enters the cache, and resumes its session when it is restored', async () => {
    const { relay } = await kept()
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    expect(relay.live).toBe(0)
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    await settle()
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'key' }])
  })
})
