import { expect, it } from 'vitest'
import { memory } from '../../brokers/memory.js'
import { newId } from '../../node/new-id.js'
import { memoryStore } from '../../stores/memory/memory-store.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { rule } from '../../testing/history-under-test.js'
import { lineRelay } from '../../testing/line-relay.js'
import { settled } from '../../testing/scripted-link.js'
import type { OpenBroker } from '../broker.js'
import type { HistoryStore } from '../history-store.js'

/**
 * A relay whose store answers only when the messages that it has were delivered, as over a network.
 */
async function open() {
  const clock = fakeClock()
  const waiting: (() => void)[] = []
  let isSlow = false
  const broker: OpenBroker = async (events) => {
    const main = await memory({ clock, newId, store: memoryStore({ clock, rules: [rule('a', { messages: 9 })] }) })(
      events,
    )
    const store = main.history as HistoryStore
    const slow: HistoryStore = {
      ...store,
      async historyState(...want) {
        if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve))
        return store.historyState(...want)
      },
    }
    const own = (target: typeof main, name: string | symbol): unknown => {
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    }
    return new Proxy(main, { get: (target, name) => (name === 'history' ? slow : own(target, name)) })
  }
  const relay = await lineRelay({ clock, brokers: { main: broker } })
  return {
    connected: relay.connected,
    waiting,
    slowDown() {
      isSlow = true
    },
  }
}

it('subscribers that lack only remembered messages wait for those under way, and share a question', async () => {
  const { connected, waiting, slowDown } = await open()
  const writer = connected()
  writer.send({ Subscribe: { ref: 1, subject: 'a', after: 'start' } })
  writer.send({ Publish: { ref: 2, subject: 'a', message: '1' } })
  await settled()
  const position = writer.received().find(({ Ack }) => Ack?.position)?.Ack?.position
  slowDown()
  const readers = [connected(), connected(), connected()]
  for (const reader of readers) reader.send({ Subscribe: { ref: 1, subject: 'a', after: position } })
  await settled()
  expect(readers.flatMap((reader) => reader.received().filter(({ Received }) => Received === undefined))).toEqual([])
  writer.send({ Publish: { ref: 3, subject: 'a', message: '2' } })
  await settled()
  expect(waiting).toHaveLength(1)
  waiting.shift()?.()
  await settled()
  expect(waiting).toHaveLength(1) // for the two others
  waiting.shift()?.()
  await settled()
  for (const reader of readers) {
    const kinds = reader.received().flatMap((frame) => (frame.Received === undefined ? Object.keys(frame) : []))
    expect(kinds).toEqual(['Subscribed', 'Message', 'Synced'])
  }
})
