import type { Message } from '@wildcast/client'
import type { SubscriptionFeed } from '@wildcast/client/store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { deliver, FeedRecorder, last, ready, texts } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type UseValuesOptions, useValues } from './use-values.js'
import type { ValuesState } from './values-state.js'

/** Hides or shows the page. */
function show(visibilityState: DocumentVisibilityState): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibilityState)
  document.dispatchEvent(new Event('visibilitychange'))
}

function ValuesRecorder({ whenHidden, seen }: Pick<UseValuesOptions, 'whenHidden'> & { readonly seen: ValuesState[] }) {
  seen.push(useValues('good.*', { whenHidden }))
  return null
}

const shown = (seen: readonly ValuesState[]): unknown[] =>
  [...(seen.at(-1)?.values.values() ?? [])].map(({ data }) => data)

afterEach(() => {
  vi.restoreAllMocks()
  document.dispatchEvent(new Event('visibilitychange'))
})

describe('useSubscription of a hidden page', () => {
  it('continues by default', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    show('hidden')
    for (const text of ['a', 'b']) deliver(connected, text)
    await eventually(() => expect(texts(last(seen))).toEqual(['a', 'b']))
  })

  it('with latest renders and calls nothing, and then has the newest message of each subject', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const events: string[] = []
    const onEvent = (message: { text(): string }) => events.push(message.text())
    await renderWithClient(
      connected.client,
      <FeedRecorder pattern="good.*" options={{ whenHidden: 'latest', onEvent }} seen={seen} />,
    )
    await ready(seen)
    deliver(connected, 'before')
    await eventually(() => expect(texts(last(seen))).toEqual(['before']))
    show('hidden')
    const renders = seen.length
    await connected.relay.publish('good.a', 'a1')
    await connected.relay.publish('good.b', 'b1')
    await connected.relay.publish('good.a', 'a2')
    expect(events).toEqual(['before'])
    show('visible')
    await eventually(() => expect(texts(last(seen))).toEqual(['before', 'b1', 'a2']))
    expect(events).toEqual(['before', 'b1', 'a2'])
    expect(new Set(seen.slice(renders)).size).toBe(1)
  })

  it('with pause unsubscribes, and continues after the last kept message', async () => {
    const connected = await tested({ history: [{ subjects: 'good.*', messages: 10 }] })
    const seen: SubscriptionFeed[] = []
    const { relay, clock } = connected
    await renderWithClient(
      connected.client,
      <FeedRecorder pattern="good.*" options={{ whenHidden: 'pause' }} seen={seen} />,
    )
    await ready(seen)
    await relay.publish('good.a', 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    const { position } = last(seen).items[0] as Message
    show('hidden')
    await eventually(async () => {
      await clock.advance(1000)
      expect(relay.frames('Unsubscribe')).toHaveLength(1)
    })
    await eventually(() => expect(last(seen)).toMatchObject({ status: 'reconnecting', continuity: 'stale' }))
    await relay.publish('good.a', 'b')
    relay.delay(1000) // so that React renders while it catches up
    show('visible')
    await eventually(() => expect(relay.frames('Subscribe').map(({ after }) => after)).toEqual([undefined, position]))
    expect(position).toBeDefined()
    expect(texts(last(seen))).toEqual(['a'])
    await clock.advance(2000)
    await eventually(() => expect(texts(last(seen))).toEqual(['a', 'b']))
    await ready(seen)
    expect(seen.map(({ status }) => status).lastIndexOf('syncing')).toBeLessThan(
      seen.map(({ status }) => status).indexOf('ready'),
    )
  })

  it('with pause has a gap if the broker keeps no messages', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(
      connected.client,
      <FeedRecorder pattern="good.*" options={{ whenHidden: 'pause' }} seen={seen} />,
    )
    await ready(seen)
    deliver(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    show('hidden')
    await eventually(() => expect(last(seen).status).toBe('reconnecting'))
    show('visible')
    await eventually(() => expect(last(seen)).toMatchObject({ status: 'ready', continuity: 'gap' }))
    expect(texts(last(seen))).toEqual(['a'])
  })
})

describe('useValues of a hidden page', () => {
  it('with latest renders once when the page is shown again', async () => {
    const { client, relay } = await tested()
    const seen: ValuesState[] = []
    await renderWithClient(client, <ValuesRecorder whenHidden="latest" seen={seen} />)
    await eventually(() => expect(seen.at(-1)?.status).toBe('synced'))
    show('hidden')
    const renders = seen.length
    for (const price of [1, 2, 3]) await relay.publish('good.apple', price, { retain: true })
    show('visible')
    await eventually(() => expect(shown(seen)).toEqual([3]))
    expect(new Set(seen.slice(renders)).size).toBe(1)
  })

  it('with pause shows a new value within one round trip after ten minutes', async () => {
    const { client, relay, clock } = await tested()
    await relay.publish('good.apple', 1, { retain: true })
    const seen: ValuesState[] = []
    await renderWithClient(client, <ValuesRecorder whenHidden="pause" seen={seen} />)
    await eventually(() => expect(seen.at(-1)?.status).toBe('synced'))
    show('hidden')
    await eventually(() => expect(seen.at(-1)?.status).toBe('stale'))
    await clock.advance(600_000)
    expect(relay.frames('Unsubscribe')).toHaveLength(1)
    await relay.publish('good.apple', 2, { retain: true })
    relay.delay(1000)
    show('visible')
    await eventually(() => expect(relay.frames('Subscribe')).toHaveLength(2))
    expect([seen.at(-1)?.status, shown(seen)]).toEqual(['stale', [1]])
    await clock.advance(2000)
    await eventually(() => expect([seen.at(-1)?.status, shown(seen)]).toEqual(['synced', [2]]))
    expect(seen.slice(-4).filter(({ values }) => values.size === 0)).toEqual([])
  })
})
