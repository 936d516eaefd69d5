import { Activity } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import { settle } from '../../client/src/testing/fake-clock.js'
import type { SubscriptionFeed } from './feed.js'
import { eventually } from './testing/eventually.js'
import { Look, last, ready, say, texts } from './testing/look.js'
import { within } from './testing/within.js'

afterEach(() => {
  vi.useRealTimers()
})

/** From here on the linger of a store ends only while something is waited for. */
const holdTimers = (): unknown => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

describe('what useSubscription sends', () => {
  it('sends one Subscribe in StrictMode, before which its handler stands', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    const events: string[] = []
    connected.relay.answer = (frame) => {
      if (frame.kind !== 'Subscribe') return undefined
      // Right behind its answer comes a message.
      queueMicrotask(() => queueMicrotask(() => say(connected, 'first')))
      return undefined
    }
    await within(
      connected.client,
      <Look pattern="good.*" options={{ onEvent: (message) => events.push(message.text()) }} seen={seen} />,
    )
    await eventually(() => expect(texts(last(seen))).toEqual(['first']))
    expect([connected.relay.link.all('Subscribe').length, events]).toEqual([1, ['first']])
  })

  it('shares one Subscribe among hooks, whatever they keep or listen to', async () => {
    const connected = await connect()
    const [few, many, silent]: SubscriptionFeed[][] = [[], [], []]
    await within(
      connected.client,
      <>
        <Look pattern="good.*" options={{ keep: 2 }} seen={few as SubscriptionFeed[]} />
        <Look pattern="good.*" options={{ keep: 4 }} seen={many as SubscriptionFeed[]} />
        <Look pattern="good.*" options={{ state: false, onEvent: () => {} }} seen={silent as SubscriptionFeed[]} />
      </>,
    )
    await ready(many as SubscriptionFeed[])
    for (const text of ['a', 'b', 'c', 'd', 'e']) say(connected, text)
    await eventually(() => expect(texts(last(many as SubscriptionFeed[]))).toEqual(['b', 'c', 'd', 'e']))
    expect(texts(last(few as SubscriptionFeed[]))).toEqual(['d', 'e'])
    expect(connected.relay.link.all('Subscribe').length).toBe(1)
  })

  it('subscribes again for other wire options', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    const view = await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await view.show(<Look pattern="good.*" options={{ broker: 'other' }} seen={seen} />)
    await view.show(<Look pattern="good.*" options={{ group: 'workers' }} seen={seen} />)
    await view.show(<Look pattern="good.*" options={{ deliver: 'latest' }} seen={seen} />)
    await view.show(<Look pattern="good.*" options={{ deliver: 'latest', maxRate: 5 }} seen={seen} />)
    await eventually(() =>
      expect(connected.relay.link.all('Subscribe').map(({ broker, group, policy }) => [broker, group, policy])).toEqual(
        [
          [undefined, undefined, undefined],
          ['other', undefined, undefined],
          [undefined, 'workers', undefined],
          [undefined, undefined, { deliver: 'latest' }],
          [undefined, undefined, { deliver: 'latest', max_rate: 5 }],
        ],
      ),
    )
  })

  it('sends nothing and keeps its items when it is unmounted and comes back at once', async () => {
    holdTimers()
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    const view = await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    say(connected, 'before')
    await eventually(() => expect(texts(last(seen))).toEqual(['before']))
    await view.show(null)
    say(connected, 'meanwhile')
    seen.length = 0
    await view.show(<Look pattern="good.*" seen={seen} />)
    await eventually(() => expect(texts(last(seen))).toEqual(['before', 'meanwhile']))
    expect([connected.relay.link.all('Subscribe').length, connected.relay.link.all('Unsubscribe').length]).toEqual([
      1, 0,
    ])
  })

  it('leaves the wire some time after the last hook has gone', async () => {
    holdTimers()
    const connected = await connect()
    const view = await within(connected.client, <Look pattern="good.*" seen={[]} />)
    await eventually(() => expect(connected.relay.link.all('Subscribe').length).toBe(1))
    await view.show(null)
    await eventually(async () => {
      await connected.clock.advance(1000) // the client's own linger
      expect(connected.relay.link.all('Unsubscribe').length).toBe(1)
    })
  })

  it('is idle without a pattern, and with skip', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    const view = await within(connected.client, <Look pattern={null} seen={seen} />)
    await view.show(<Look pattern="good.*" options={{ skip: true }} seen={seen} />)
    expect([last(seen).status, connected.relay.link.all('Subscribe')]).toEqual(['idle', []])
  })

  it('may be unmounted while its Subscribe is on the way', async () => {
    holdTimers()
    const connected = await connect()
    connected.relay.answer = (frame) => (frame.kind === 'Subscribe' ? 'nothing' : undefined)
    const view = await within(connected.client, <Look pattern="good.*" seen={[]} />)
    await eventually(() => expect(connected.relay.link.all('Subscribe').length).toBe(1))
    await view.unmount()
    const [asked] = connected.relay.link.all('Subscribe')
    connected.relay.link.say({ kind: 'Subscribed', ref: asked?.ref, id: 1, subject: 'good.*' })
    await eventually(async () => {
      await connected.clock.advance(1000)
      expect(connected.relay.link.all('Unsubscribe')).toMatchObject([{ id: 1 }])
    })
    expect(connected.errors).toEqual([])
  })

  it('subscribes again when it is shown after having been hidden for long', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    const view = await within(
      connected.client,
      <Activity mode="visible">
        <Look pattern="good.*" seen={seen} />
      </Activity>,
    )
    await ready(seen)
    await view.show(
      <Activity mode="hidden">
        <Look pattern="good.*" seen={seen} />
      </Activity>,
    )
    await eventually(async () => {
      await connected.clock.advance(1000)
      expect(connected.relay.link.all('Unsubscribe').length).toBe(1)
    })
    await view.show(
      <Activity mode="visible">
        <Look pattern="good.*" seen={seen} />
      </Activity>,
    )
    await eventually(() => expect(connected.relay.link.all('Subscribe').length).toBe(2))
    await ready(seen)
    say(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
  })

  it('leaves a group without a linger, in which it would swallow what another member could have', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    const view = await within(connected.client, <Look pattern="good.*" options={{ group: 'workers' }} seen={seen} />)
    await ready(seen)
    expect(connected.relay.link.all('Subscribe').length).toBe(1)
    await view.show(null)
    await settle()
    expect(connected.relay.link.all('Unsubscribe').length).toBe(1)
  })
})
