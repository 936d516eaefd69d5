import type { SubscriptionFeed } from '@wildcast/client/store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { deliver, FeedRecorder, last, ready, texts } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('a hook', () => {
  it('continues after fake timers that were removed before they fired', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    vi.useFakeTimers()
    deliver(connected, 'a')
    vi.useRealTimers()
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    deliver(connected, 'b')
    await eventually(() => expect(texts(last(seen))).toEqual(['a', 'b']))
  })

  it('shows a message after fake timers in the next frame', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal) // so that only frames count
    vi.useFakeTimers()
    deliver(connected, 'a')
    vi.useRealTimers()
    deliver(connected, 'b')
    await eventually(() => expect(texts(last(seen))).toEqual(['a', 'b']))
  })

  it('renders when a test advances its fake timers', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    vi.useFakeTimers()
    deliver(connected, 'a')
    vi.advanceTimersByTime(20)
    vi.useRealTimers()
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
  })
})
