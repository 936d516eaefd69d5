import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import type { SubscriptionFeed } from './feed.js'
import { eventually } from './testing/eventually.js'
import { Look, last, ready, say, texts } from './testing/look.js'
import { within } from './testing/within.js'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('a hook', () => {
  it('goes on after fake timers that were put back before they rang', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    vi.useFakeTimers()
    say(connected, 'a')
    vi.useRealTimers()
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    say(connected, 'b')
    await eventually(() => expect(texts(last(seen))).toEqual(['a', 'b']))
  })

  it('shows what comes after fake timers in the next frame', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(new AbortController().signal) // so that only frames count
    vi.useFakeTimers()
    say(connected, 'a')
    vi.useRealTimers()
    say(connected, 'b')
    await eventually(() => expect(texts(last(seen))).toEqual(['a', 'b']))
  })

  it('renders when the fake timers of a test are advanced', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    vi.useFakeTimers()
    say(connected, 'a')
    vi.advanceTimersByTime(20)
    vi.useRealTimers()
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
  })
})
