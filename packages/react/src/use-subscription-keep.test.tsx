import type { SubscriptionFeed } from '@wildcast/client/store'
import { describe, expect, it } from 'vitest'
import { tested } from '../../client/src/testing/tested.js'
import { WildcastProvider } from './provider.js'
import { eventually } from './testing/eventually.js'
import { deliver, FeedRecorder, last, ready } from './testing/feed-recorder.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type UseSubscriptionOptions, useSubscription } from './use-subscription.js'

/** A list like that of the README. */
function Rows() {
  const { items } = useSubscription('good.*', { keep: 3 })
  const rows = items.map((message) => <li key={message.key}>{message.text()}</li>)
  return <ol>{rows}</ol>
}

describe('keep of useSubscription', () => {
  it('keeps the rows of a list when the oldest is dropped', async () => {
    const connected = await tested()
    const { container } = await renderWithClient(connected.client, <Rows />)
    const rows = (): Element[] => [...container.querySelectorAll('li')]
    const shown = (): (string | null)[] => rows().map(({ textContent }) => textContent)
    await eventually(() => expect(connected.relay.frames('Subscribe').length).toBe(1))
    await connected.relay.settled()
    for (const text of ['a', 'b', 'c']) deliver(connected, text)
    await eventually(() => expect(shown()).toEqual(['a', 'b', 'c']))
    const [, b, c] = rows()
    deliver(connected, 'd')
    await eventually(() => expect(shown()).toEqual(['b', 'c', 'd']))
    expect(rows()[0]).toBe(b)
    expect(rows()[1]).toBe(c)
  })

  it.each([
    [Number.POSITIVE_INFINITY, 150],
    [2 ** 31, 150],
    [Number.MAX_VALUE, 150],
    [2.9, 2],
    [0.5, 0],
    [0, 0],
  ])('keeps with keep: %d %i of 150 messages', async (keep, held) => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(connected.client, <FeedRecorder pattern="good.*" options={{ keep }} seen={seen} />)
    await ready(seen)
    for (let i = 0; i < 150; i++) deliver(connected, String(i))
    await eventually(() => expect(last(seen).last?.text()).toBe('149'))
    expect(last(seen).items.length).toBe(held)
    expect(last(seen).continuity).toBe('live')
  })

  it.each([Number.NaN, -1, -0.5, Number.NEGATIVE_INFINITY])('throws a RangeError for keep: %d', async (keep) => {
    const { renderToString } = await import('react-dom/server')
    const { client } = await tested()
    const show = (options: UseSubscriptionOptions) => () =>
      renderToString(
        <WildcastProvider client={client}>
          <FeedRecorder pattern="good.*" options={options} seen={[]} />
        </WildcastProvider>,
      )
    expect(show({ keep })).toThrow(RangeError)
    expect(show({ keep })).toThrow('0 or more')
    expect(show({ keep, state: false })).toThrow(RangeError)
    expect(show({ keep, skip: true })).toThrow(RangeError)
  })

  it('has a gap forever if it keeps all messages', async () => {
    const connected = await tested()
    const seen: SubscriptionFeed[] = []
    await renderWithClient(
      connected.client,
      <FeedRecorder pattern="good.*" options={{ keep: Number.POSITIVE_INFINITY }} seen={seen} />,
    )
    await ready(seen)
    connected.relay.brokerDown()
    connected.relay.brokerUp()
    for (let i = 0; i < 150; i++) deliver(connected, String(i))
    await eventually(() => expect(last(seen).items.length).toBe(150))
    expect(last(seen).continuity).toBe('gap')
  })
})
