import type { SubscriptionFeed } from '@wildcast/client/store'
import { Activity } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { deliver, FeedRecorder, last, ready, texts } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'

afterEach(() => {
  vi.useRealTimers()
})

/** Stops the timers: from here on the linger of a store ends only during an `eventually`. */
const holdTimers = (): unknown => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

describe('the frames that useSubscription sends', () => {
  it('sends one Subscribe in StrictMode, after its handler is added', async () => {
    const connected = await tested()
    const { relay, clock } = connected
    const seen: SubscriptionFeed[] = []
    const events: string[] = []
    relay.delay(1000)
    await renderWithClient(
      connected.client,
      <FeedRecorder pattern="good.*" options={{ onEvent: (message) => events.push(message.text()) }} seen={seen} />,
    )
    await eventually(() => expect(relay.frames('Subscribe')).toHaveLength(1))
    await clock.advance(1000)
    await relay.publish('good.apple', 'first') // right after the answer to the subscription
    await clock.advance(1000)
    await eventually(() => expect(texts(last(seen))).toEqual(['first']))
    expect(relay.frames('Subscribe').length).toBe(1)
    expect(events).toEqual(['first'])
  })

  it('shares one Subscribe among hooks with different keep, state and onEvent', async () => {
    const connected = await tested()
    const [few, many, silent]: SubscriptionFeed[][] = [[], [], []]
    await renderWithClient(
      connected.client,
      <>
        <FeedRecorder pattern="good.*" options={{ keep: 2 }} seen={few as SubscriptionFeed[]} />
        <FeedRecorder pattern="good.*" options={{ keep: 4 }} seen={many as SubscriptionFeed[]} />
        <FeedRecorder
          pattern="good.*"
          options={{ state: false, onEvent: () => {} }}
          seen={silent as SubscriptionFeed[]}
        />
      </>,
    )
    await ready(many as SubscriptionFeed[])
    for (const text of ['a', 'b', 'c', 'd', 'e']) deliver(connected, text)
    await eventually(() => expect(texts(last(many as SubscriptionFeed[]))).toEqual(['b', 'c', 'd', 'e']))
    expect(texts(last(few as SubscriptionFeed[]))).toEqual(['d', 'e'])
    expect(connected.relay.frames('Subscribe').length).toBe(1)
  })

  it('subscribes again for other wire options', async () => {
    const connected = await tested({ brokers: ['main', 'other'] })
    const seen: SubscriptionFeed[] = []
    const view = await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await view.show(<FeedRecorder pattern="good.*" options={{ broker: 'other' }} seen={seen} />)
    await view.show(<FeedRecorder pattern="good.*" options={{ group: 'workers' }} seen={seen} />)
    await view.show(<FeedRecorder pattern="good.*" options={{ deliver: 'latest' }} seen={seen} />)
    await view.show(<FeedRecorder pattern="good.*" options={{ deliver: 'latest', maxRate: 5 }} seen={seen} />)
    await eventually(() =>
      expect(connected.relay.frames('Subscribe').map(({ broker, group, policy }) => [broker, group, policy])).toEqual([
        [undefined, undefined, undefined],
        ['other', undefined, undefined],
        [undefined, 'workers', undefined],
        [undefined, undefined, { deliver: 'latest' }],
        [undefined, undefined, { deliver: 'latest', max_rate: 5 }],
      ]),
    )
  })

  it('subscribes once for filters of equal content, and again for another one', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const recorder = (filter: { a: number }) => <FeedRecorder pattern="good.*" options={{ filter }} seen={seen} />
    const view = await renderWithClient(connected.client, recorder({ a: 1 }))
    await ready(seen)
    deliver(connected, '{"a":1}')
    await view.show(recorder({ a: 1 }))
    await eventually(() => expect(texts(last(seen))).toEqual(['{"a":1}']))
    const filters = () => connected.relay.frames('Subscribe').map(({ filter }) => filter)
    expect(filters()).toEqual([{ a: 1 }])
    await view.show(recorder({ a: 2 }))
    await eventually(() => expect(filters()).toEqual([{ a: 1 }, { a: 2 }]))
  })

  it('sends nothing and keeps its items when it is unmounted and mounted again at once', async () => {
    holdTimers()
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const view = await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    deliver(connected, 'before')
    await eventually(() => expect(texts(last(seen))).toEqual(['before']))
    await view.show(null)
    deliver(connected, 'meanwhile')
    seen.length = 0
    await view.show(<FeedRecorder pattern="good.*" seen={seen} />)
    await eventually(() => expect(texts(last(seen))).toEqual(['before', 'meanwhile']))
    expect(connected.relay.frames('Subscribe').length).toBe(1)
    expect(connected.relay.frames('Unsubscribe')).toEqual([])
  })

  it('unsubscribes some time after the last hook is unmounted', async () => {
    holdTimers()
    const connected = await tested()
    const view = await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={[]} />)
    await eventually(() => expect(connected.relay.frames('Subscribe').length).toBe(1))
    await view.show(null)
    await eventually(async () => {
      await connected.clock.advance(1000) // the client's own linger
      expect(connected.relay.frames('Unsubscribe').length).toBe(1)
    })
  })

  it('is idle without a pattern, and with skip', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const view = await renderWithClient(connected.client, <FeedRecorder pattern={null} seen={seen} />)
    await view.show(<FeedRecorder pattern="good.*" options={{ skip: true }} seen={seen} />)
    expect(last(seen).status).toBe('idle')
    expect(connected.relay.frames('Subscribe')).toEqual([])
  })

  it('may be unmounted while its Subscribe is unanswered', async () => {
    holdTimers()
    const connected = await tested()
    connected.relay.delay(1000)
    const view = await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={[]} />)
    await eventually(() => expect(connected.relay.frames('Subscribe').length).toBe(1))
    await view.unmount()
    await eventually(async () => {
      await connected.clock.advance(1000)
      expect(connected.relay.frames('Unsubscribe').length).toBe(1)
    })
    expect(connected.errors).toEqual([])
  })

  it('subscribes again when it is shown after it was hidden for long', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const view = await renderWithClient(
      connected.client,
      <Activity mode="visible">
        <FeedRecorder pattern="good.*" seen={seen} />
      </Activity>,
    )
    await ready(seen)
    await view.show(
      <Activity mode="hidden">
        <FeedRecorder pattern="good.*" seen={seen} />
      </Activity>,
    )
    await eventually(async () => {
      await connected.clock.advance(1000)
      expect(connected.relay.frames('Unsubscribe').length).toBe(1)
    })
    await view.show(
      <Activity mode="visible">
        <FeedRecorder pattern="good.*" seen={seen} />
      </Activity>,
    )
    await eventually(() => expect(connected.relay.frames('Subscribe').length).toBe(2))
    await ready(seen)
    deliver(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
  })

  it('leaves a group without a linger, in which it would take messages from other members', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const view = await renderWithClient(
      connected.client,
      <FeedRecorder pattern="good.*" options={{ group: 'workers' }} seen={seen} />,
    )
    await ready(seen)
    expect(connected.relay.frames('Subscribe').length).toBe(1)
    await view.show(null)
    await connected.relay.settled()
    expect(connected.relay.frames('Unsubscribe').length).toBe(1)
  })
})
