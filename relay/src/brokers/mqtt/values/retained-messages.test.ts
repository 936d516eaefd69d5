import { WildcastError } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { fakeClock } from '../../../testing/fake-clock.js'
import { serverOf } from '../server.js'
import type { Incoming, MqttWire, WireEvents } from '../wire.js'
import { RetainedMessages } from './retained-messages.js'

interface OpenedWire {
  readonly events: WireEvents
  readonly filters: string[]
  readonly ended: string[]
  isClosed: boolean
  /** Lets the mark of a read return. */
  marked(): void
  lose(): void
}

/** A server whose connections the test controls. */
function openServer() {
  const wires: OpenedWire[] = []
  let refusals = 0
  const clock = fakeClock()
  const retained = new RetainedMessages({
    clock,
    async open(events) {
      if (refusals-- > 0) throw new WildcastError('broker_down', 'no more connections')
      const marks: { resolve(): void; reject(cause: unknown): void }[] = []
      const opened: OpenedWire = {
        events,
        filters: [],
        ended: [],
        isClosed: false,
        marked: () => marks.shift()?.resolve(),
        lose() {
          const cause = new WildcastError('broker_down', 'lost')
          events.lost(cause)
          for (const { reject } of marks) reject(cause)
        },
      }
      wires.push(opened)
      const wire: MqttWire = {
        server: serverOf({}, 5),
        subscribe: async () => {},
        subscribeRetained: async (filter) => void opened.filters.push(filter),
        mark: () => new Promise((resolve, reject) => void marks.push({ resolve, reject })),
        unsubscribe: async (filter) => void opened.ended.push(filter),
        publish: async () => true,
        async close() {
          opened.isClosed = true
          opened.lose()
        },
      }
      return wire
    },
  })
  const read = (filter: string) => {
    const topics: string[] = []
    return { topics, done: retained.read(filter, ({ topic }) => topics.push(topic)) }
  }
  const refuse = (times: number): void => {
    refusals = times
  }
  return { retained, wires, clock, read, refuse }
}

const packet = (topic: string, retain = true): Incoming => ({ topic, retain, payload: Buffer.from('x') }) as Incoming

/** Resolves when settled promises have run their reactions. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('come over one connection to each read whose filter matches, without later messages', async () => {
  const { wires, read } = openServer()
  const [all, some] = [read('a/#'), read('a/b')]
  await settled()
  expect(wires.map(({ filters }) => filters)).toEqual([['a/#', 'a/b']])
  for (const one of [packet('a/b'), packet('a/c'), packet('a/d', false)]) wires[0]?.events.received(one)
  wires[0]?.marked()
  await all.done
  wires[0]?.events.received(packet('a/b'))
  wires[0]?.marked()
  await some.done
  expect([all.topics, some.topics]).toEqual([
    ['a/b', 'a/c'],
    ['a/b', 'a/b'],
  ])
  expect(wires[0]?.ended).toEqual(['a/#', 'a/b'])
})

it('are read again over a new connection if theirs is lost, up to a limit', async () => {
  const { wires, read } = openServer()
  const first = read('a')
  await settled()
  wires[0]?.lose()
  await settled()
  wires[1]?.events.received(packet('a'))
  wires[1]?.marked()
  await first.done
  expect(first.topics).toEqual(['a'])
  const failed = expect(read('a').done).rejects.toMatchObject({ code: 'broker_down' })
  for (let i = 1; i <= 3; i++) {
    await settled()
    wires[i]?.lose()
  }
  await failed
  expect(wires).toHaveLength(4)
})

it('wait for a connection that the server refuses at first', async () => {
  const { wires, clock, read, refuse } = openServer()
  refuse(2)
  const first = read('a')
  for (let i = 0; i < 2; i++) {
    await settled()
    clock.advance(500)
  }
  await settled()
  wires[0]?.marked()
  await first.done
})

it('are not read if the server accepts no more connections, until it does', async () => {
  const { wires, clock, read, refuse } = openServer()
  refuse(3)
  const why = { code: 'internal', message: expect.stringContaining('a connection of their own') }
  const failed = expect(read('a').done).rejects.toMatchObject(why)
  for (let i = 0; i < 3; i++) {
    await settled()
    clock.advance(500)
  }
  await failed
  const next = read('a')
  await settled()
  wires[0]?.marked()
  await next.done
})

it('leave their connection open for a while, and no timer when they are closed', async () => {
  const { retained, wires, clock, read } = openServer()
  const first = read('a')
  await settled()
  wires[0]?.marked()
  await first.done
  clock.advance(9_999)
  const second = read('a')
  await settled()
  clock.advance(60_000)
  wires[0]?.marked()
  await second.done
  expect(wires).toHaveLength(1)
  clock.advance(10_000)
  await settled()
  expect(wires[0]?.isClosed).toBe(true)
  const third = expect(read('a').done).rejects.toMatchObject({ code: 'broker_down' })
  await settled()
  await retained.close()
  await third
  expect([wires.map(({ isClosed }) => isClosed), clock.timers]).toEqual([[true, true], 0])
  await expect(read('a').done).rejects.toMatchObject({ code: 'broker_down' })
  expect(wires).toHaveLength(2)
})
