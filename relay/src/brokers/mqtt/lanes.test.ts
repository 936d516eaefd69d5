import { WildcastError } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { overlap } from './filters.js'
import { MqttLanes } from './lanes.js'
import type { Route } from './routes.js'
import { serverOf } from './server.js'
import type { Incoming, MqttWire } from './wire.js'

/**
 * A server of MQTT 3.1.1 that sends a message once for each filter that matches, or once for all of
 * a connection.
 */
function openServer(copies: boolean) {
  const wires: (MqttWire & { readonly filters: Set<string>; take: (packet: Incoming) => void; closed: boolean })[] = []
  let isRefusing = false
  let marks = 0
  return {
    wires,
    marks: () => marks,
    refuse() {
      isRefusing = true
    },
    async open(take: (packet: Incoming) => void = () => {}) {
      if (isRefusing) throw new WildcastError('broker_down', 'no more connections')
      const filters = new Set<string>()
      const wire = {
        server: serverOf({}, 4),
        filters,
        take,
        closed: false,
        subscribe: async (filter: string) => void filters.add(filter),
        unsubscribe: async (filter: string) => void filters.delete(filter),
        publish: async () => true,
        subscribeRetained: async () => {},
        mark: async () => void marks++,
        async close() {
          wire.closed = true
        },
      }
      wires.push(wire)
      return wire
    },
    send(topic: string, payload = '') {
      for (const { filters, take } of wires) {
        const matching = [...filters].filter((filter) => overlap(filter, topic))
        for (const _ of copies ? matching : matching.slice(0, 1)) take({ topic, payload })
      }
    },
  }
}

async function lanesOf(copies: boolean) {
  const [server, clock] = [openServer(copies), fakeClock()]
  const wire = await server.open()
  const routes = new MqttLanes({ wire, open: (_, take) => server.open(take), clock })
  if (server.wires[0]) server.wires[0].take = (packet) => routes.received(packet)
  return { server, clock, routes }
}

/** Resolves when settled promises have run their reactions. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe.each([true, false])('lanes, if a server sends copies: %s', (copies) => {
  it('deliver each matching packet once to each filter, while other filters are added and ended', async () => {
    const level = fc.constantFrom('a', 'b', '+')
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'))
    const topic = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/'))
    const step = fc.record({ filter, topic, endedIndex: fc.nat(40), ends: fc.boolean(), waits: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
        const { server, routes } = await lanesOf(copies)
        const routesByFilter = new Map<string, { route: Route; received: string[]; expected: string[] }>()
        for (const [i, { filter, topic, endedIndex, ends, waits }] of steps.entries()) {
          const received: string[] = []
          if (!routesByFilter.has(filter)) {
            const route = routes.add(filter, ({ payload }) => received.push(String(payload)))
            await route.confirmed
            routesByFilter.set(filter, { route, received, expected: [] })
          }
          for (const [other, { expected }] of routesByFilter) if (overlap(other, topic)) expected.push(`${i}`)
          server.send(topic, `${i}`)
          const ended = [...routesByFilter.keys()][endedIndex]
          if (!ends || ended === undefined) continue
          const ending = routesByFilter.get(ended)?.route.end()
          expect(routesByFilter.get(ended)?.received).toEqual(routesByFilter.get(ended)?.expected)
          routesByFilter.delete(ended)
          if (waits) await ending
        }
        for (const { received, expected } of routesByFilter.values()) expect(received).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })
})

describe('lanes', () => {
  it('open for filters that overlap, and close some time after they are empty', async () => {
    const { server, clock, routes } = await lanesOf(true)
    const first = routes.add('a/#', () => {})
    const second = routes.add('a/b', () => {})
    await second.confirmed
    expect(server.wires.map(({ filters }) => [...filters])).toEqual([['a/#'], ['a/b']])
    await second.end()
    clock.advance(9_999)
    expect(server.wires[1]?.closed).toBe(false)
    clock.advance(1)
    await settled()
    expect(server.wires.map(({ closed }) => closed)).toEqual([false, true])
    await first.end()
    clock.advance(60_000)
    expect(server.wires[0]?.closed).toBe(false)
  })

  it('that are used again in time stay open', async () => {
    const { server, clock, routes } = await lanesOf(true)
    routes.add('a/#', () => {})
    const second = routes.add('a/b', () => {})
    await second.confirmed
    await second.end()
    clock.advance(5000)
    await routes.add('a/c', () => {}).confirmed
    clock.advance(60_000)
    expect(server.wires.map(({ filters, closed }) => [...filters, closed])).toEqual([
      ['a/#', false],
      ['a/c', false],
    ])
  })

  it('refuse a filter that needs another connection if the server accepts none, and keep the others', async () => {
    const { server, clock, routes } = await lanesOf(true)
    await routes.add('a/#', () => {}).confirmed
    server.refuse()
    const refused = expect(routes.add('a/b', () => {}).confirmed).rejects.toMatchObject({ code: 'internal' })
    for (let i = 0; i < 3; i++) {
      await settled()
      clock.advance(500)
    }
    await refused
    await settled()
    expect(clock.timers).toBe(0)
    await routes.add('b', () => {}).confirmed
    expect(server.wires.map(({ filters }) => [...filters])).toEqual([['a/#', 'b']])
  })

  it('are marked all, those that could not be opened excepted', async () => {
    const { server, clock, routes } = await lanesOf(true)
    for (const filter of ['a/#', 'a/b']) await routes.add(filter, () => {}).confirmed
    server.refuse()
    const refused = routes.add('a/+', () => {}).confirmed.catch(() => {})
    const marked = routes.mark()
    for (let i = 0; i < 3; i++) {
      await settled()
      clock.advance(500)
    }
    await Promise.all([refused, marked])
    expect(server.marks()).toBe(2)
  })

  it('close all connections, and leave no timer', async () => {
    const { server, clock, routes } = await lanesOf(true)
    routes.add('a/#', () => {})
    const second = routes.add('a/b', () => {})
    await second.confirmed
    await second.end()
    await routes.close()
    expect({ closed: server.wires.every(({ closed }) => closed), timers: clock.timers }).toEqual({
      closed: true,
      timers: 0,
    })
  })
})
