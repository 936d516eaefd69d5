import type { SubscriptionFeed } from '@wildcast/client/store'
import { describe, expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { deliver, FeedRecorder, last, ready, texts } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'

describe('maxRate of useSubscription', () => {
  it('sets no limit with Infinity, as without a value', async () => {
    const connected = await tested()
    const unlimited: SubscriptionFeed[] = []
    const unset: SubscriptionFeed[] = []
    await renderWithClient(
      connected.client,
      <>
        <FeedRecorder pattern="good.*" options={{ maxRate: Number.POSITIVE_INFINITY }} seen={unlimited} />
        <FeedRecorder pattern="good.*" seen={unset} />
      </>,
    )
    await ready(unlimited)
    await ready(unset)
    deliver(connected, 'hi')
    await eventually(() => expect(texts(last(unlimited))).toEqual(['hi']))
    await eventually(() => expect(texts(last(unset))).toEqual(['hi']))
    const subscribes = connected.relay.frames('Subscribe')
    expect(new Set(subscribes.map(({ policy }) => policy))).toEqual(new Set([undefined]))
  })

  it('is refused with a RangeError if it is NaN, without an effect on a hook with Infinity', async () => {
    const connected = await tested()
    const refused: SubscriptionFeed[] = []
    const unlimited: SubscriptionFeed[] = []
    await renderWithClient(
      connected.client,
      <>
        <FeedRecorder pattern="good.*" options={{ maxRate: Number.NaN }} seen={refused} />
        <FeedRecorder pattern="good.*" options={{ maxRate: Number.POSITIVE_INFINITY }} seen={unlimited} />
      </>,
    )
    await ready(unlimited)
    await eventually(() => expect(last(refused).status).toBe('error'))
    expect(last(refused).error?.cause).toBeInstanceOf(RangeError)
    expect(last(refused).error?.message).toBe('maxRate must be a number above 0, not NaN')
    expect(last(unlimited).error).toBeUndefined()
  })
})
