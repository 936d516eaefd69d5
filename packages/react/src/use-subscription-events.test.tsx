import type { Message } from '@wildcast/client'
import type { SubscriptionFeed } from '@wildcast/client/store'
import { describe, expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { eventually } from './testing/eventually.js'
import { deliver, FeedRecorder, last, ready, texts } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'

describe('onEvent of useSubscription', () => {
  it('calls the latest onEvent, without subscribing again', async () => {
    const connected = await tested()
    const events: string[] = []
    const seen: SubscriptionFeed[] = []
    const recorder = (name: string) => (
      <FeedRecorder
        pattern="good.*"
        options={{ onEvent: (message: Message) => events.push(`${name} ${message.text()}`) }}
        seen={seen}
      />
    )
    const view = await renderWithClient(connected.client, recorder('first'))
    await ready(seen)
    deliver(connected, 'a')
    await connected.relay.settled()
    await view.show(recorder('second'))
    deliver(connected, 'b')
    await connected.relay.settled()
    expect(events).toEqual(['first a', 'second b'])
    expect(connected.relay.frames('Subscribe').length).toBe(1)
  })

  it('reports an onEvent that throws, and calls the others', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const events: string[] = []
    const fail = (): void => {
      throw new Error('broken')
    }
    await renderWithClient(
      connected.client,
      <>
        <FeedRecorder pattern="good.*" options={{ onEvent: fail }} seen={seen} />
        <FeedRecorder pattern="good.*" options={{ onEvent: (message) => events.push(message.text()) }} seen={seen} />
      </>,
    )
    await ready(seen)
    deliver(connected, 'a')
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
    expect(events).toEqual(['a'])
    expect(connected.errors).toMatchObject([{ stage: 'handler', message: 'broken' }])
  })

  it('reports every onEvent that throws or rejects, and calls the others', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    const events: string[] = []
    const fail = (message: string) => (): void => {
      throw new Error(message)
    }
    const failLater = async (): Promise<void> => {
      await undefined
      throw new Error('later')
    }
    await renderWithClient(
      connected.client,
      <>
        <FeedRecorder pattern="good.*" options={{ onEvent: fail('first') }} seen={seen} />
        <FeedRecorder pattern="good.*" options={{ onEvent: failLater }} seen={seen} />
        <FeedRecorder pattern="good.*" options={{ onEvent: fail('second'), state: false }} seen={[]} />
        <FeedRecorder pattern="good.*" options={{ onEvent: (message) => events.push(message.text()) }} seen={seen} />
      </>,
    )
    await ready(seen)
    deliver(connected, 'a')
    await eventually(() => expect(connected.errors.length).toBe(3))
    expect(connected.errors.map(({ message }) => message).sort()).toEqual(['first', 'later', 'second'])
    expect(new Set(connected.errors.map(({ stage }) => stage))).toEqual(new Set(['handler']))
    expect(events).toEqual(['a'])
    await eventually(() => expect(texts(last(seen))).toEqual(['a']))
  })

  it('does not render for messages with state: false', async () => {
    const connected = await tested()
    const silent: SubscriptionFeed[] = []
    const rendering: SubscriptionFeed[] = []
    await renderWithClient(
      connected.client,
      <>
        <FeedRecorder pattern="good.*" options={{ state: false }} seen={silent} />
        <FeedRecorder pattern="good.*" seen={rendering} />
      </>,
    )
    await ready(rendering)
    const renders = silent.length
    deliver(connected, 'a')
    await eventually(() => expect(texts(last(rendering))).toEqual(['a']))
    expect(silent.length).toBe(renders)
    expect(last(silent).items).toEqual([])
  })

  it('reports a refusal if no hook renders it', async () => {
    const connected = await tested()
    connected.relay.refuse('subscribe', 'secret.*')
    await renderWithClient(connected.client, <FeedRecorder pattern="secret.*" options={{ state: false }} seen={[]} />)
    await eventually(() => expect(connected.errors).toMatchObject([{ code: 'forbidden' }]))
  })
})
