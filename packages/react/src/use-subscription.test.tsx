import type { Message } from '@wildcast/client'
import { Activity } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import { settle } from '../../client/src/testing/fake-clock.js'
import type { Feed } from './feed.js'
import { eventually } from './testing/eventually.js'
import { Look, last, ready, say, texts } from './testing/look.js'
import { within } from './testing/within.js'
import { useSubscription } from './use-subscription.js'

function LookTwice({ seen }: { readonly seen: [Feed, Feed][] }) {
  seen.push([useSubscription('good.*'), useSubscription('bad.*')])
  return null
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** From here on the linger of a store ends only while something is waited for. */
const holdTimers = (): unknown => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

describe('useSubscription', () => {
  it('keeps a thousand messages of one tick, in order, and renders them once', async () => {
    const connected = await connect()
    const seen: Feed[] = []
    const numbers = Array.from({ length: 1000 }, (_, i) => `number ${i}`)
    await within(connected.client, <Look pattern="good.*" options={{ keep: 1000 }} seen={seen} />)
    await ready(seen)
    for (const text of numbers) say(connected, text)
    await eventually(() => expect(texts(last(seen))).toEqual(numbers))
    expect(new Set(seen.map(({ items }) => items)).size).toBe(2) // none, then all
    expect(last(seen).last).toBe(last(seen).items.at(-1))
  })

  it('sends one Subscribe in StrictMode, before which its handler stands', async () => {
    const connected = await connect()
    const seen: Feed[] = []
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
    const [few, many, silent]: Feed[][] = [[], [], []]
    await within(
      connected.client,
      <>
        <Look pattern="good.*" options={{ keep: 2 }} seen={few as Feed[]} />
        <Look pattern="good.*" options={{ keep: 4 }} seen={many as Feed[]} />
        <Look pattern="good.*" options={{ state: false, onEvent: () => {} }} seen={silent as Feed[]} />
      </>,
    )
    await ready(many as Feed[])
    for (const text of ['a', 'b', 'c', 'd', 'e']) say(connected, text)
    await eventually(() => expect(texts(last(many as Feed[]))).toEqual(['b', 'c', 'd', 'e']))
    expect(texts(last(few as Feed[]))).toEqual(['d', 'e'])
    expect(connected.relay.link.all('Subscribe').length).toBe(1)
  })

  it('subscribes again for other wire options', async () => {
    const connected = await connect()
    const seen: Feed[] = []
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

  it('returns a policy that there is not as an error', async () => {
    const connected = await connect()
    const seen: Feed[] = []
    await within(connected.client, <Look pattern="good.*" options={{ maxRate: 0 }} seen={seen} />)
    await eventually(() => expect(last(seen).error?.message).toContain('above 0'))
    expect([last(seen).status, connected.relay.link.all('Subscribe')]).toEqual(['error', []])
  })

  it('sends nothing and keeps its items when it is unmounted and comes back at once', async () => {
    holdTimers()
    const connected = await connect()
    const seen: Feed[] = []
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

  it('calls the latest onEvent, and subscribes nothing for it', async () => {
    const connected = await connect()
    const events: string[] = []
    const seen: Feed[] = []
    const listening = (name: string) => (
      <Look
        pattern="good.*"
        options={{ onEvent: (message: Message) => events.push(`${name} ${message.text()}`) }}
        seen={seen}
      />
    )
    const view = await within(connected.client, listening('first'))
    await ready(seen)
    say(connected, 'a')
    await view.show(listening('second'))
    say(connected, 'b')
    expect(events).toEqual(['first a', 'second b'])
    expect(connected.relay.link.all('Subscribe').length).toBe(1)
  })

  it('reports an onEvent that throws, and calls the others', async () => {
    const connected = await connect()
    const seen: Feed[] = []
    const events: string[] = []
    const fail = (): void => {
      throw new Error('broken')
    }
    await within(
      connected.client,
      <>
        <Look pattern="good.*" options={{ onEvent: fail }} seen={seen} />
        <Look pattern="good.*" options={{ onEvent: (message) => events.push(message.text()) }} seen={seen} />
      </>,
    )
    await ready(seen)
    say(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    expect([events, connected.errors.map(({ stage, message }) => [stage, message])]).toEqual([
      ['a'],
      [['handler', 'broken']],
    ])
  })

  it('reports every onEvent that throws or rejects, and calls the others', async () => {
    const connected = await connect()
    const seen: Feed[] = []
    const events: string[] = []
    const fail = (message: string) => (): void => {
      throw new Error(message)
    }
    const failLater = async (): Promise<void> => {
      await undefined
      throw new Error('later')
    }
    await within(
      connected.client,
      <>
        <Look pattern="good.*" options={{ onEvent: fail('first') }} seen={seen} />
        <Look pattern="good.*" options={{ onEvent: failLater }} seen={seen} />
        <Look pattern="good.*" options={{ onEvent: fail('second'), state: false }} seen={[]} />
        <Look pattern="good.*" options={{ onEvent: (message) => events.push(message.text()) }} seen={seen} />
      </>,
    )
    await ready(seen)
    say(connected, 'a')
    await eventually(() => expect(connected.errors.length).toBe(3))
    expect(connected.errors.map(({ message }) => message).sort()).toEqual(['first', 'later', 'second'])
    expect(new Set(connected.errors.map(({ stage }) => stage))).toEqual(new Set(['handler']))
    expect(events).toEqual(['a'])
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
  })

  it('is idle without a pattern, and with skip', async () => {
    const connected = await connect()
    const seen: Feed[] = []
    const view = await within(connected.client, <Look pattern={null} seen={seen} />)
    await view.show(<Look pattern="good.*" options={{ skip: true }} seen={seen} />)
    expect([last(seen).status, connected.relay.link.all('Subscribe')]).toEqual(['idle', []])
  })

  it('renders nothing for messages with state: false', async () => {
    const connected = await connect()
    const silent: Feed[] = []
    const loud: Feed[] = []
    await within(
      connected.client,
      <>
        <Look pattern="good.*" options={{ state: false }} seen={silent} />
        <Look pattern="good.*" seen={loud} />
      </>,
    )
    await ready(loud)
    const renders = silent.length
    say(connected, 'a')
    await eventually(() => expect(texts(last(loud))).toEqual(['a']))
    expect([silent.length, last(silent).items]).toEqual([renders, []])
  })

  it('warns of nothing while nothing is dropped', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const connected = await connect()
    const seen: Feed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    for (let i = 0; i < 100; i++) say(connected, String(i))
    await eventually(() => expect(last(seen).items.length).toBe(100))
    expect(warn.mock.calls).toEqual([])
  })

  it('keeps a hundred messages where nothing is said, and warns once when more come', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const connected = await connect()
    const seen: Feed[] = []
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
    const seen: Feed[] = []
    await within(connected.client, <Look pattern="secret.*" seen={seen} />)
    await eventually(() => expect(last(seen).status).toBe('denied'))
    expect([last(seen).error?.code, last(seen).continuity]).toEqual(['forbidden', 'catching-up'])
  })

  it('returns an invalid pattern as an error, too', async () => {
    const connected = await connect()
    const seen: Feed[] = []
    await within(connected.client, <Look pattern="a..b" seen={seen} />)
    await eventually(() => expect([last(seen).status, last(seen).error?.code]).toEqual(['error', 'invalid_subject']))
  })

  it('tells a gap until the list has been filled again', async () => {
    const connected = await connect()
    const seen: Feed[] = []
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
    const seen: Feed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    connected.relay.link.drop()
    await eventually(() => expect([last(seen).status, last(seen).continuity]).toEqual(['reconnecting', 'stale']))
    await connected.clock.advance(30_000)
    await eventually(() => expect([last(seen).status, last(seen).continuity]).toEqual(['ready', 'gap']))
  })

  it('goes on in a tab that is given no frames', async () => {
    vi.spyOn(window, 'requestAnimationFrame').mockReturnValue(0)
    const connected = await connect()
    const seen: Feed[] = []
    await within(connected.client, <Look pattern="good.*" seen={seen} />)
    await ready(seen)
    say(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
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
    const seen: Feed[] = []
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
    const seen: Feed[] = []
    const view = await within(connected.client, <Look pattern="good.*" options={{ group: 'workers' }} seen={seen} />)
    await ready(seen)
    expect(connected.relay.link.all('Subscribe').length).toBe(1)
    await view.show(null)
    await settle()
    expect(connected.relay.link.all('Unsubscribe').length).toBe(1)
  })

  it('renders once per frame for two patterns, too', async () => {
    const connected = await connect()
    const seen: [Feed, Feed][] = []
    await within(connected.client, <LookTwice seen={seen} />)
    await eventually(() => expect(seen.at(-1)?.map(({ status }) => status)).toEqual(['ready', 'ready']))
    say(connected, 'a')
    connected.relay.link.say({ kind: 'Message', id: 2, subject: 'bad.apple', message: 'b', broker: 'test' })
    await eventually(() => expect(seen.at(-1)?.map(texts)).toEqual([['a'], ['b']]))
    expect(seen.filter(([good, bad]) => good.items.length !== bad.items.length)).toEqual([])
  })

  it('has a refusal reported where nothing is rendered', async () => {
    const connected = await connect()
    connected.relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'not yours', retry: false }
        : undefined
    await within(connected.client, <Look pattern="secret.*" options={{ state: false }} seen={[]} />)
    await eventually(() => expect(connected.errors).toMatchObject([{ code: 'forbidden' }]))
  })

  it('needs a provider, and says so', async () => {
    const { renderToString } = await import('react-dom/server')
    expect(() => renderToString(<Look pattern="a" seen={[]} />)).toThrow('<WildcastProvider')
  })
})
