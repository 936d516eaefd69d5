import { parsePattern } from '@wildcast/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { memory } from '../../brokers/memory.js'
import { newId } from '../../node/new-id.js'
import { memoryStore } from '../../stores/memory/memory-store.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { append, rule } from '../../testing/history-under-test.js'
import { historyOf } from '../../testing/store-under-test.js'
import type { HistoryStore } from '../history-store.js'
import type { Encoder } from '../outlet.js'
import { noPosition } from '../position.js'
import { FeedHistory } from './feed-history.js'
import { LivePositions } from './live-positions.js'
import type { RecentRoom } from './recent-messages.js'

const pattern = parsePattern('room.*')

/** The history of a feed, of which `count` messages of 100 kB are kept. */
async function open(count: number): Promise<{ history: FeedHistory; store: HistoryStore; room: RecentRoom }> {
  const clock = fakeClock()
  const opening = memory({ clock, newId, store: memoryStore({ clock, rules: [rule('room.*')] }) })
  const broker = await opening({ status: () => {}, dropped: () => {} })
  onTestFinished(() => broker.close())
  for (let i = 0; i < count; i++) await append(broker, 'room.1', `${i} ${'x'.repeat(1e5)}`)
  const store = historyOf(broker)
  const room = { used: 0, limit: 64 * 1024 * 1024 }
  const positions = new LivePositions(store, pattern)
  const whenUp = (run: () => void): void => run()
  return { history: new FeedHistory({ store, pattern, room, positions, matches: () => true, whenUp }), store, room }
}

const feed = { id: 1, broker: 'main', latest: false }

it('shares the encoding of a message, within the memory of recent messages', async () => {
  const { history, store, room } = await open(100)
  let encoded = 0
  const encoder: Encoder = {
    message: ({ payload }) => {
      encoded++
      return Buffer.from(payload)
    },
    gap: () => undefined,
    overrun: 'gap',
  }
  const { messages } = await store.historyPage(pattern, { after: noPosition, messages: 100, bytes: 1e9 })
  expect(messages).toHaveLength(100)
  for (const message of messages)
    for (let reader = 0; reader < 3; reader++) history.replays.encode(message, { feed, ref: 1 }, encoder)
  expect(encoded).toBe(100)
  expect(room.used).toBeGreaterThan(1e6)
  expect(room.used).toBeLessThan(3e6)
  history.close()
  expect(room.used).toBe(0)
})

it('takes no memory after its end, though a reader that has left still reads', async () => {
  const { history, room } = await open(5)
  const reading = history.live()
  history.close()
  await reading
  await history.recent.fill()
  expect(room.used).toBe(0)
})
