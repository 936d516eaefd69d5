import { expect, it } from 'vitest'
import { type Tested, tested } from '../../client/src/testing/tested.js'
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
const subscribes = ({ relay }: Tested): number => relay.frames('Subscribe').filter(({ snapshot }) => !snapshot).length

/** A client at a relay that keeps the messages of `room.*`. */
async function open(...written: string[]): Promise<Tested> {
  const connected = await tested({ history: [{ subjects: 'room.*', messages: 100 }] })
  await write(connected, ...written)
  return connected
}

async function write({ relay }: Tested, ...texts: string[]): Promise<void> {
  for (const text of texts) await relay.publish('room.1', text)
}

/** The relay ends, others write meanwhile, and the client is back in a session of its own. */
async function reconnect(connected: Tested, ...texts: string[]): Promise<void> {
  connected.relay.cut({ forMs: 90_000 })
  await write(connected, ...texts)
  await connected.clock.advance(120_000)
  expect(connected.client.status.state).toBe('online')
}

it('useHistory has the newest page, older ones after loadMore, and new messages, in StrictMode', async () => {
  const connected = await open('a', 'b', 'c', 'd', 'e')
  const [seen, other]: [HistoryFeed[], HistoryFeed[]] = [[], []]
  await renderWithClient(
    connected.client,
    <>
      <Recorder pattern="room.1" seen={seen} />
      <Recorder pattern="room.1" seen={other} />
    </>,
  )
  expect(seen[0]).toMatchObject({ items: [], status: 'loading', hasMore: false })
  await eventually(() => expect(last(seen).status).toBe('ready'))
  expect([texts(seen), last(seen).hasMore]).toEqual(['d e', true])
  await write(connected, 'f')
  const loading = last(seen).loadMore()
  await eventually(() => expect(texts(other)).toBe('b c d e f'))
  await loading
  expect(last(seen)).toMatchObject({ hasMore: true, isLoadingMore: false, continuity: 'live' })
  await last(other).loadMore()
  await eventually(() => expect([texts(seen), last(seen).hasMore]).toEqual(['a b c d e f', false]))
  expect(last(seen).loadMore).toBe(seen[1]?.loadMore)
  expect(subscribes(connected)).toBe(1)
})

it('useHistory misses and repeats nothing after a lost session', async () => {
  const connected = await open('a', 'b', 'c')
  const seen: HistoryFeed[] = []
  await renderWithClient(connected.client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('ready'))
  await reconnect(connected, 'd', 'e', 'f')
  await write(connected, 'g')
  await eventually(() => expect(texts(seen)).toBe('b c d e f g'))
  expect(last(seen).continuity).toBe('live')
})

it('useHistory that unmounts while a page is loading cancels it, and another pattern has another list', async () => {
  const connected = await open('a', 'b', 'c')
  const seen: HistoryFeed[] = []
  const view = await renderWithClient(connected.client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('ready'))
  connected.relay.delay(1000) // the page is on its way
  const loading = last(seen).loadMore()
  await eventually(() => expect(last(seen).isLoadingMore).toBe(true))
  await view.show(<Recorder pattern={null} seen={seen} />)
  expect(last(seen)).toMatchObject({ items: [], status: 'idle' })
  await loading
  await eventually(() => expect(connected.relay.frames('Cancel')).toHaveLength(1))
  await last(seen).loadMore()
  expect(connected.errors).toEqual([])
})

it('useHistory returns a refusal', async () => {
  const connected = await open()
  const seen: HistoryFeed[] = []
  await renderWithClient(connected.client, <Recorder pattern="room." seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'error', error: { code: 'invalid_subject' } }))
})

it('useHistory at a broker that keeps nothing is denied, and the error names the remedy', async () => {
  const { client } = await tested()
  const seen: HistoryFeed[] = []
  await renderWithClient(client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen).error).toMatchObject({ code: 'unsupported' }))
  expect(last(seen).error?.message).toBe(
    'broker "main" can\'t do "history": it keeps no messages; ' +
      'give createTestRelay the option history, such as [{ subjects: "room.**", messages: 100 }]',
  )
})

it('useHistory is denied while it is refused, and ready after a retry that is accepted', async () => {
  const connected = await open('a')
  const allow = connected.relay.refuse('subscribe', 'room.*')
  const seen: HistoryFeed[] = []
  await renderWithClient(connected.client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'denied', error: { code: 'forbidden' } }))
  allow()
  await reconnect(connected, 'b')
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'ready', error: undefined }))
  expect(texts(seen)).toBe('a b')
})

it('useHistory is ready while only older messages are refused', async () => {
  const connected = await open('a', 'b', 'c')
  const seen: HistoryFeed[] = []
  await renderWithClient(connected.client, <Recorder pattern="room.1" seen={seen} />)
  await eventually(() => expect(last(seen).status).toBe('ready'))
  const allow = connected.relay.refuse('subscribe', 'room.*')
  await last(seen).loadMore()
  await eventually(() => expect(last(seen)).toMatchObject({ status: 'ready', error: { code: 'forbidden' } }))
  allow()
  await last(seen).loadMore()
  await eventually(() => expect([texts(seen), last(seen).error]).toEqual(['a b c', undefined]))
})
