import { describe, expect, it } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import type { SubscriptionFeed } from './feed.js'
import { eventually } from './testing/eventually.js'
import { Look, last, ready, say, texts } from './testing/look.js'
import { within } from './testing/within.js'

describe('maxRate of useSubscription', () => {
  it('has no limit with Infinity, as without one', async () => {
    const connected = await connect()
    const endless: SubscriptionFeed[] = []
    const unset: SubscriptionFeed[] = []
    await within(
      connected.client,
      <>
        <Look pattern="good.*" options={{ maxRate: Number.POSITIVE_INFINITY }} seen={endless} />
        <Look pattern="good.*" seen={unset} />
      </>,
    )
    await ready(endless)
    await ready(unset)
    say(connected, 'hi')
    await eventually(() => expect(texts(last(endless))).toEqual(['hi']))
    await eventually(() => expect(texts(last(unset))).toEqual(['hi']))
    const subscribes = connected.relay.link.all('Subscribe')
    expect(new Set(subscribes.map(({ policy }) => policy))).toEqual(new Set([undefined]))
  })

  it('is refused with a RangeError if it is NaN, which leaves a hook with Infinity alone', async () => {
    const connected = await connect()
    const refused: SubscriptionFeed[] = []
    const endless: SubscriptionFeed[] = []
    await within(
      connected.client,
      <>
        <Look pattern="good.*" options={{ maxRate: Number.NaN }} seen={refused} />
        <Look pattern="good.*" options={{ maxRate: Number.POSITIVE_INFINITY }} seen={endless} />
      </>,
    )
    await ready(endless)
    await eventually(() => expect(last(refused).status).toBe('error'))
    expect(last(refused).error?.cause).toBeInstanceOf(RangeError)
    expect(last(refused).error?.message).toBe('maxRate must be a number above 0, not NaN')
    expect(last(endless).error).toBeUndefined()
  })
})
