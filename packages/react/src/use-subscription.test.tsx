import type { SubscriptionFeed } from '@wildcast/client/store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { deliver, FeedRecorder, last, ready, texts } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'
import { useSubscription } from './use-subscription.js'

function TwoFeedsRecorder({ seen }: { readonly seen: [SubscriptionFeed, SubscriptionFeed][] }) {
  seen.push([useSubscription('good.*'), useSubscription('bad.*')])
  return null
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('useSubscription', () => {
  it('keeps a thousand messages of one tick, in order, and renders them once', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const numbers = Array.from({ length: 1000 }, (_, i) => `number ${i}`)
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" options={{ keep: 1000 }} seen={seen} />)
    await ready(seen)
    for (const text of numbers) deliver(connected, text)
    await eventually(() => expect(texts(last(seen))).toEqual(numbers))
    expect(new Set(seen.map(({ items }) => items)).size).toBe(2) // none, then all
    expect(last(seen).last).toBe(last(seen).items.at(-1))
  })

  it('returns an error for an invalid policy', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" options={{ maxRate: 0 }} seen={seen} />)
    await eventually(() => expect(last(seen).error?.message).toContain('above 0'))
    expect(last(seen).status).toBe('error')
    expect(connected.relay.frames('Subscribe')).toEqual([])
  })

  it('does not warn while it keeps all messages', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    for (let i = 0; i < 100; i++) deliver(connected, String(i))
    await eventually(() => expect(last(seen).items.length).toBe(100))
    expect(warn.mock.calls).toEqual([])
  })

  it('keeps a hundred messages by default, and warns once when more arrive', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    for (let i = 0; i < 150; i++) deliver(connected, String(i))
    await eventually(() => expect(texts(last(seen))[0]).toBe('50'))
    deliver(connected, '150')
    await eventually(() => expect(texts(last(seen))[0]).toBe('51'))
    expect(warn.mock.calls.map(([text]) => text)).toEqual([expect.stringContaining('{ keep }')])
  })

  it('returns a refusal instead of throwing it', async () => {
    const connected = await tested()
    connected.relay.refuse('subscribe', 'secret.*')
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="secret.*" seen={seen} />)
    await eventually(() => expect(last(seen).status).toBe('denied'))
    expect(last(seen)).toMatchObject({ error: { code: 'forbidden' }, continuity: 'catching-up' })
  })

  it('returns an error for an invalid pattern', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="a..b" seen={seen} />)
    await eventually(() => expect(last(seen)).toMatchObject({ status: 'error', error: { code: 'invalid_subject' } }))
  })

  it('has a gap until the list is full again', async () => {
    const connected = await tested({ limits: { backlog: 20_000, resume: 0 } })
    const { client, relay } = connected
    const seen: SubscriptionFeed[] = []
    await renderWithClient(client, <FeedRecorder pattern="good.*" options={{ keep: 100 }} seen={seen} />)
    await ready(seen)
    await eventually(() => expect(last(seen).continuity).toBe('live'))
    const release = relay.slow()
    const long = 'x'.repeat(1000)
    for (let n = 0; n < 100; n++) await relay.publish('good.apple', long)
    release()
    await eventually(() => expect(last(seen)).toMatchObject({ continuity: 'gap' }))
    const { missed, items } = last(seen)
    expect(items.length + missed).toBe(100)
    expect(missed).toBeGreaterThan(0)
    for (let n = 0; n < 100; n++) deliver(connected, `${n}`)
    await eventually(() => expect(last(seen).continuity).toBe('live'))
    expect(texts(last(seen))).toEqual(Array.from({ length: 100 }, (_, n) => `${n}`))
  })

  it('is stale while disconnected, and has a gap when reconnected', async () => {
    const connected = await tested({ limits: { resume: 0 } })
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    connected.relay.cut()
    await eventually(() => expect(last(seen)).toMatchObject({ status: 'reconnecting', continuity: 'stale' }))
    await connected.clock.advance(30_000)
    await eventually(() => expect(last(seen)).toMatchObject({ status: 'ready', continuity: 'gap' }))
  })

  it('catches up without a gap while the relay may have kept the session, and has the time in asOf', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await eventually(() => expect(last(seen)).toMatchObject({ continuity: 'live', asOf: connected.clock.now() }))
    await connected.clock.advance(5000)
    const lastFrameAt = connected.clock.now()
    deliver(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    await connected.clock.advance(5000)
    connected.relay.cut()
    await eventually(() => expect(last(seen)).toMatchObject({ continuity: 'catching-up', asOf: lastFrameAt }))
    await connected.clock.advance(10_000)
    await eventually(() => expect(last(seen).continuity).toBe('live'))
    expect(last(seen).asOf).toBeGreaterThan(lastFrameAt)
    expect(seen.map(({ continuity }) => continuity)).not.toContain('gap')
  })

  it('does not render while nothing changes, however long the connection lives', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await eventually(() => expect(last(seen).continuity).toBe('live'))
    const shown = last(seen)
    const { length } = seen
    await connected.clock.advance(600_000)
    deliver(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    expect(new Set(seen.slice(length - 1)).size).toBe(2)
    expect(seen[length - 1]).toBe(shown)
  })

  it('continues in a tab without animation frames', async () => {
    vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0)
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" seen={seen} />)
    await ready(seen)
    deliver(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
  })

  it('renders once per animation frame for two patterns', async () => {
    const connected = await tested()
    const seen: [SubscriptionFeed, SubscriptionFeed][] = []
    await renderWithClient(connected.client, <TwoFeedsRecorder seen={seen} />)
    await eventually(() => expect(seen.at(-1)?.map(({ status }) => status)).toEqual(['ready', 'ready']))
    deliver(connected, 'a')
    deliver(connected, 'b', 'bad.apple')
    await eventually(() => expect(seen.at(-1)?.map(texts)).toEqual([['a'], ['b']]))
    expect(seen.filter(([good, bad]) => good.items.length !== bad.items.length)).toEqual([])
  })

  it('throws without a provider, and names the remedy', async () => {
    const { renderToString } = await import('react-dom/server')
    expect(() => renderToString(<FeedRecorder pattern="a" seen={[]} />)).toThrow('<WildcastProvider')
  })
})
