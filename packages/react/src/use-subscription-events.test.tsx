import type { Message } from '@wildcast/client'
import { describe, expect, it } from 'vitest'
import { connect } from '../../client/src/testing/connect.js'
import type { SubscriptionFeed } from './feed.js'
import { eventually } from './testing/eventually.js'
import { Look, last, ready, say, texts } from './testing/look.js'
import { within } from './testing/within.js'

describe('onEvent of useSubscription', () => {
  it('calls the latest onEvent, and subscribes nothing for it', async () => {
    const connected = await connect()
    const events: string[] = []
    const seen: SubscriptionFeed[] = []
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
    const seen: SubscriptionFeed[] = []
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
    const seen: SubscriptionFeed[] = []
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

  it('renders nothing for messages with state: false', async () => {
    const connected = await connect()
    const silent: SubscriptionFeed[] = []
    const loud: SubscriptionFeed[] = []
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

  it('has a refusal reported where nothing is rendered', async () => {
    const connected = await connect()
    connected.relay.answer = (frame) =>
      frame.kind === 'Subscribe'
        ? { kind: 'Error', ref: frame.ref, code: 'forbidden', message: 'not yours', retry: false }
        : undefined
    await within(connected.client, <Look pattern="secret.*" options={{ state: false }} seen={[]} />)
    await eventually(() => expect(connected.errors).toMatchObject([{ code: 'forbidden' }]))
  })
})
