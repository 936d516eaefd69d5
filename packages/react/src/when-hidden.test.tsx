import type { SubscriptionFeed } from '@wildcast/client/store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import { connectToValues } from '../../client/src/testing/value-relay.js'
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
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    show('hidden')
    for (const text of ['a', 'b']) deliver(connected, text)
    await eventually(() => expect(texts(last(seen))).toEqual(['a', 'b']))
  })

  it('with latest renders and calls nothing, and then has the newest message of each subject', async () => {
    const connected = await connect()
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
    deliver(connected, 'a1', 'good.a')
    deliver(connected, 'b1', 'good.b')
    deliver(connected, 'a2', 'good.a')
    expect(events).toEqual(['before'])
    show('visible')
    await eventually(() => expect(texts(last(seen))).toEqual(['before', 'b1', 'a2']))
    expect(events).toEqual(['before', 'b1', 'a2'])
    expect(new Set(seen.slice(renders)).size).toBe(1)
  })

  it('with pause unsubscribes, and continues after the last kept message', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    const { link } = connected.relay
    await renderWithClient(
      connected.client,
      <FeedRecorder pattern="good.*" options={{ whenHidden: 'pause' }} seen={seen} />,
    )
    await ready(seen)
    link.send({ kind: 'Message', id: 1, subject: 'good.a', message: 'a', broker: 'test', position: 't-5' })
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    show('hidden')
    await eventually(async () => {
      await connected.clock.advance(1000)
      expect(link.all('Unsubscribe')).toHaveLength(1)
    })
    await eventually(() => expect(last(seen)).toMatchObject({ status: 'reconnecting', continuity: 'stale' }))
    show('visible')
    await eventually(() => expect(link.all('Subscribe').map(({ after }) => after)).toEqual([undefined, 't-5']))
    const ref = link.all('Subscribe')[1]?.ref as number
    link.send({ kind: 'Message', ref, id: 1, subject: 'good.a', message: 'b', broker: 'test', position: 't-6' })
    link.send({ kind: 'Synced', ref, id: 1 })
    await eventually(() => expect(texts(last(seen))).toEqual(['a', 'b']))
    await ready(seen)
    expect(seen.map(({ status }) => status).lastIndexOf('syncing')).toBeLessThan(
      seen.map(({ status }) => status).indexOf('ready'),
    )
  })

  it('with pause has a gap if the broker keeps no messages', async () => {
    const connected = await connect()
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
    const relay = await connectToValues()
    const seen: ValuesState[] = []
    await renderWithClient(relay.client, <ValuesRecorder whenHidden="latest" seen={seen} />)
    await eventually(() => expect(seen.at(-1)?.status).toBe('synced'))
    show('hidden')
    const renders = seen.length
    for (const text of ['1', '2', '3']) relay.write('good.apple', text)
    show('visible')
    await eventually(() => expect(shown(seen)).toEqual([3]))
    expect(new Set(seen.slice(renders)).size).toBe(1)
  })

  it('with pause shows a new value within one round trip after ten minutes', async () => {
    const relay = await connectToValues()
    relay.write('good.apple', '1')
    const seen: ValuesState[] = []
    await renderWithClient(relay.client, <ValuesRecorder whenHidden="pause" seen={seen} />)
    await eventually(() => expect(seen.at(-1)?.status).toBe('synced'))
    show('hidden')
    await eventually(() => expect(seen.at(-1)?.status).toBe('stale'))
    await relay.clock.advance(600_000)
    expect(relay.relay.links.flatMap((link) => link.all('Unsubscribe'))).toHaveLength(1)
    relay.write('good.apple', '2')
    relay.isPrompt = false
    show('visible')
    await eventually(() => expect(relay.relay.link.all('Subscribe')).toHaveLength(2))
    expect([seen.at(-1)?.status, shown(seen)]).toEqual(['stale', [1]])
    relay.sync()
    await eventually(() => expect([seen.at(-1)?.status, shown(seen)]).toEqual(['synced', [2]]))
    expect(seen.slice(-4).filter(({ values }) => values.size === 0)).toEqual([])
  })
})
