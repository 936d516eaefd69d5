import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import { keep } from '../../client/src/testing/keeping.js'
import type { SubscriptionFeed } from './feed.js'
import { eventually } from './testing/eventually.js'
import { Look, last, ready, say, texts } from './testing/look.js'
import { within } from './testing/within.js'
import { useSubscription } from './use-subscription.js'

function LookTwice({ seen }: { readonly seen: [SubscriptionFeed, SubscriptionFeed][] }) {
  seen.push([useSubscription('good.*'), useSubscription('bad.*')])
  return null
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('useSubscription', () => {
  it('keeps a thousand messages of one tick, in order, and renders them once', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    const numbers = Array.from({ length: 1000 }, (_, i) => `number ${i}`)
    await within(connected.client, <Look pattern="good.*" options={{ keep: 1000 }} seen={seen} />)
    await ready(seen)
    for (const text of numbers) say(connected, text)
    await eventually(() => expect(texts(last(seen))).toEqual(numbers))
    expect(new Set(seen.map(({ items }) => items)).size).toBe(2) // none, then all
    expect(last(seen).last).toBe(last(seen).items.at(-1))
  })

  it('returns a policy that there is not as an error', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" options={{ maxRate: 0 }} seen={seen} />)
    await eventually(() => expect(last(seen).error?.message).toContain('above 0'))
    expect([last(seen).status, connected.relay.link.all('Subscribe')]).toEqual(['error', []])
  })

  it('warns of nothing while nothing is dropped', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    for (let i = 0; i < 100; i++) say(connected, String(i))
    await eventually(() => expect(last(seen).items.length).toBe(100))
    expect(warn.mock.calls).toEqual([])
  })

  it('keeps a hundred messages where nothing is said, and warns once when more come', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    for (let i = 0; i < 150; i++) say(connected, String(i))
    await eventually(() => expect(texts(last(seen))[0]).toBe('50'))
    say(connected, '150')
    await eventually(() => expect(texts(last(seen))[0]).toBe('51'))
    expect(warn.mock.calls.map(([text]) => text)).toEqual([expect.stringContaining('{ keep }')])
  })

  it('returns a refusal rather than to throw it', async () => {
    const connected = await connect()
    connected.relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'not yours', retry: false }
        : undefined
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="secret.*" seen={seen} />)
    await eventually(() => expect(last(seen).status).toBe('denied'))
    expect([last(seen).error?.code, last(seen).continuity]).toEqual(['forbidden', 'catching-up'])
  })

  it('returns an invalid pattern as an error, too', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="a..b" seen={seen} />)
    await eventually(() => expect([last(seen).status, last(seen).error?.code]).toEqual(['error', 'invalid_subject']))
  })

  it('tells a gap until the list has been filled again', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" options={{ keep: 2 }} seen={seen} />)
    await ready(seen)
    await eventually(() => expect(last(seen).continuity).toBe('live'))
    connected.relay.link.say({ kind: 'Gap', id: 1, missed: 3 })
    await eventually(() => expect([last(seen).continuity, last(seen).missed]).toEqual(['gap', 3]))
    say(connected, 'a')
    say(connected, 'b')
    await eventually(() => expect([last(seen).continuity, texts(last(seen))]).toEqual(['live', ['a', 'b']]))
  })

  it('is stale while the connection is lost, and has a gap when it is back', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    connected.relay.link.drop()
    await eventually(() => expect([last(seen).status, last(seen).continuity]).toEqual(['reconnecting', 'stale']))
    await connected.clock.advance(30_000)
    await eventually(() => expect([last(seen).status, last(seen).continuity]).toEqual(['ready', 'gap']))
  })

  it('catches up while the relay may have kept the session, without a gap, and says until when it was whole', async () => {
    const connected = await keep()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await eventually(() => expect(last(seen)).toMatchObject({ continuity: 'live', asOf: connected.clock.now() }))
    await connected.clock.advance(5000)
    const lastHeard = connected.clock.now()
    say(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    await connected.clock.advance(5000)
    connected.relay.link.drop()
    await eventually(() => expect(last(seen)).toMatchObject({ continuity: 'catching-up', asOf: lastHeard }))
    await connected.clock.advance(10_000)
    await eventually(() => expect(last(seen).continuity).toBe('live'))
    expect(last(seen).asOf).toBeGreaterThan(lastHeard)
    expect(seen.map(({ continuity }) => continuity)).not.toContain('gap')
  })

  it('renders nothing while nothing changes, however long the connection lives', async () => {
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await eventually(() => expect(last(seen).continuity).toBe('live'))
    const shown = last(seen)
    const { length } = seen
    await connected.clock.advance(600_000)
    say(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    expect(new Set(seen.slice(length - 1)).size).toBe(2)
    expect(seen[length - 1]).toBe(shown)
  })

  it('goes on in a tab that is given no frames', async () => {
    vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0)
    const connected = await connect()
    const seen: SubscriptionFeed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    say(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
  })

  it('renders once per frame for two patterns, too', async () => {
    const connected = await connect()
    const seen: [SubscriptionFeed, SubscriptionFeed][] = []
    await within(connected.client, <LookTwice seen={seen} />)
    await eventually(() => expect(seen.at(-1)?.map(({ status }) => status)).toEqual(['ready', 'ready']))
    say(connected, 'a')
    connected.relay.link.say({ kind: 'Message', id: 2, subject: 'bad.apple', message: 'b', broker: 'test' })
    await eventually(() => expect(seen.at(-1)?.map(texts)).toEqual([['a'], ['b']]))
    expect(seen.filter(([good, bad]) => good.items.length !== bad.items.length)).toEqual([])
  })

  it('needs a provider, and says so', async () => {
    const { renderToString } = await import('react-dom/server')
    expect(() => renderToString(<Look pattern="a" seen={[]} />)).toThrow('<WildcastProvider')
  })
})
