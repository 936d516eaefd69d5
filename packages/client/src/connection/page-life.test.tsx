import { describe, expect, it, onTestFinished } from 'vitest'
import { settle } from '../testing/fake-clock.js'
import { type Kept, keep } from '../testing/keeping.js'

// The events of a real page, of which some don't bubble.

async function kept(): Promise<Kept> {
  const connected = await keep()
  onTestFinished(() => connected.client.close())
  return connected
}

describe('a page in Chromium', () => {
  it.each([
    ['a document that is resumed', () => document.dispatchEvent(new Event('resume'))],
    ['a document that is seen', () => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))],
    ['a page from the cache', () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))],
    [
      'another network',
      () => (navigator as { connection?: EventTarget }).connection?.dispatchEvent(new Event('change')),
    ],
  ])('asks the relay for a sign of life: %s', async (_, happen) => {
    const { relay } = await kept()
    happen()
    expect(relay.link.pings).toBe(1)
  })

  it('closes its connection when it goes into the cache, and resumes its session when it comes back', async () => {
    const { relay } = await kept()
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    expect(relay.live).toBe(0)
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    await settle()
    expect(relay.link.all('Connect')).toMatchObject([{ session: 'key' }])
  })
})
