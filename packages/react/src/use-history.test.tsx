import { expect, it } from 'vitest'
import { connectToHistory, type HistoryRelay } from '../../client/src/testing/history-relay.js'
import { eventually } from './testing/eventually.js'
import { renderWithClient } from './testing/render-with-client.js'
import { type HistoryFeed, useHistory } from './use-history.js'

function Recorder(props: { readonly pattern: string | null; readonly seen: HistoryFeed[]; readonly limit?: number }) {
  props.seen.push(useHistory(props.pattern, { limit: props.limit ?? 2 }))
  return null
}

const last = (seen: readonly HistoryFeed[]): HistoryFeed => seen.at(-1) as HistoryFeed
const texts = (seen: readonly HistoryFeed[]): string =>
  last(seen)
    .items.map((message) => message.text())
    .join(' ')
const subscribes = ({ relay }: HistoryRelay): number =>
  relay.links.flatMap((link) => link.all('Subscribe')).filter(({ snapshot }) => !snapshot).length

const refusal = (ref: number | undefined) =>
  ({ kind: 'Error', ref, code: 'forbidden', message: 'no', retry: false }) as const

async function open(...written: string[]): Promise<HistoryRelay> {
  const relay = await connectToHistory('room.1')
  relay.write(...written)
  return relay
}

it('useHistory has the newest page, older ones after loadMore, and new messages, in StrictMode', async () => {
  const relay = await open('a', 'b', 'c', 'd', 'e')
  const [seen, other]: [HistoryFeed[], HistoryFeed[]] = [[], []]
  await renderWithClient(
    relay.client,
    <>
      <Recorder pattern="room.1" seen={seen} />
      <Recorder pattern="room.1" seen={other} />
    </>,
  )
  expect(seen[0]).toMatchObject({ items: [], status: 'loading', hasMore: false })
  await eventually(() => expect(last(seen).status).toBe('ready'))
  expect([texts(seen), last(seen).hasMore]).toEqual(['d e', true])
  relay.write('f')
  const loading = last(seen).loadMore()
  await eventually(() => expect(texts(other)).toBe('b c d e f'))
  await loading
  expect(last(seen)).toMatchObject({ hasMore: true, isLoadingMore: false, continuity: 'live' })
  await last(other).loadMore()
  await eventually(() => expect([texts(seen), last(seen).hasMore]).toEqual(['a b c d e f', false]))
  expect(last(seen).loadMore).toBe(seen[1]?.loadMore)
  expect(subscribes(relay)).toBe(1)
})

it('useHistory misses and repeats nothing after a lost session', async () => {
  const relay = await open('a', 'b', 'c')
  const seen: HistoryFeed[] = []
  await renderWithClient(relay.client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('ready'))
  await relay.reconnect('d', 'e', 'f')
  relay.write('g')
  await eventually(() => expect(texts(seen)).toBe('b c d e f g'))
  expect(last(seen).continuity).toBe('live')
})

it('useHistory that unmounts while a page is loading cancels it, and another pattern has another list', async () => {
  const relay = await open('a', 'b', 'c')
  const seen: HistoryFeed[] = []
  const view = await renderWithClient(relay.client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('ready'))
  relay.isPrompt = false
  const loading = last(seen).loadMore()
  await eventually(() => expect(last(seen).isLoadingMore).toBe(true))
  await view.show(<Recorder pattern={null} seen={seen} />)
  expect(last(seen)).toMatchObject({ items: [], status: 'idle' })
  await loading
  await eventually(() => expect(relay.relay.link.all('Cancel')).toHaveLength(1))
  await last(seen).loadMore()
  expect(relay.errors).toEqual([])
})

it('useHistory returns a refusal', async () => {
  const relay = await open()
  const seen: HistoryFeed[] = []
  await renderWithClient(relay.client, <Recorder pattern="room." seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'error', error: { code: 'invalid_subject' } }))
})

it('useHistory is denied while it is refused, and ready after a retry that is accepted', async () => {
  const relay = await open('a')
  const { answer } = relay.relay
  relay.relay.answer = (frame) => (frame.kind === 'Subscribe' ? refusal(frame.ref) : answer(frame))
  const seen: HistoryFeed[] = []
  await renderWithClient(relay.client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'denied', error: { code: 'forbidden' } }))
  relay.relay.answer = answer
  await relay.reconnect('b')
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'ready', error: undefined }))
  expect(texts(seen)).toBe('a b')
})

it('useHistory is ready while only older messages are refused', async () => {
  const relay = await open('a', 'b', 'c')
  const seen: HistoryFeed[] = []
  await renderWithClient(relay.client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('ready'))
  const { answer } = relay.relay
  relay.relay.answer = (frame) => (frame.kind === 'Subscribe' ? refusal(frame.ref) : answer(frame))
  await last(seen).loadMore()
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'ready', error: { code: 'forbidden' } }))
  relay.relay.answer = answer
  await last(seen).loadMore()
  await eventually(() => expect([texts(seen), last(seen).error]).toEqual(['a b c', undefined]))
})
