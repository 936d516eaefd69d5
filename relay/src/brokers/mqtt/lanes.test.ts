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
function server(copies: boolean) {
  const wires: (MqttWire & { readonly filters: Set<string>; take: (packet: Incoming) => void; closed: boolean })[] = []
  let refusing = false
  return {
    wires,
    refuse() {
      refusing = true
    },
    async open(take: (packet: Incoming) => void = () => {}) {
      if (refusing) throw new WildcastError('broker_down', 'no more connections')
      const filters = new Set<string>()
      const wire = {
        server: serverOf({}, 4),
        filters,
        take,
        closed: false,
        subscribe: async (filter: string) => void filters.add(filter),
        unsubscribe: async (filter: string) => void filters.delete(filter),
        publish: async () => true,
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
  const [there, clock] = [server(copies), fakeClock()]
  const wire = await there.open()
  const routes = new MqttLanes({ wire, open: (_, take) => there.open(take), clock })
  if (there.wires[0]) there.wires[0].take = (packet) => routes.received(packet)
  return { there, clock, routes }
}

/** Lets promises that are settled already run what waits for them. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe.each([true, false])('lanes, where a server sends copies: %s', (copies) => {
  it('bring to each filter what it matches, once, whatever else comes and goes', async () => {
    const level = fc.constantFrom('a', 'b', '+')
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'))
    const topic = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }).map((levels) => levels.join('/'))
    const step = fc.record({ filter, topic, leaver: fc.nat(40), leaves: fc.boolean(), waits: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
        const { there, routes } = await lanesOf(copies)
        const here = new Map<string, { route: Route; got: string[]; due: string[] }>()
        for (const [i, { filter, topic, leaver, leaves, waits }] of steps.entries()) {
          const got: string[] = []
          if (!here.has(filter)) {
            const route = routes.add(filter, ({ payload }) => got.push(String(payload)))
            await route.confirmed
            here.set(filter, { route, got, due: [] })
          }
          for (const [wanted, { due }] of here) if (overlap(wanted, topic)) due.push(`${i}`)
          there.send(topic, `${i}`)
          const gone = [...here.keys()][leaver]
          if (!leaves || gone === undefined) continue
          const ending = here.get(gone)?.route.end()
          expect(here.get(gone)?.got).toEqual(here.get(gone)?.due)
          here.delete(gone)
          if (waits) await ending
        }
        for (const { got, due } of here.values()) expect(got).toEqual(due)
      }),
      { numRuns: 150 },
    )
  })
})

describe('lanes', () => {
  it('open as filters overlap, and close some time after they are empty', async () => {
    const { there, clock, routes } = await lanesOf(true)
    const first = routes.add('a/#', () => {})
    const second = routes.add('a/b', () => {})
    await second.confirmed
    expect(there.wires.map(({ filters }) => [...filters])).toEqual([['a/#'], ['a/b']])
    await second.end()
    clock.advance(9_999)
    expect(there.wires[1]?.closed).toBe(false)
    clock.advance(1)
    await settled()
    expect(there.wires.map(({ closed }) => closed)).toEqual([false, true])
    await first.end()
    clock.advance(60_000)
    expect(there.wires[0]?.closed).toBe(false)
  })

  it('that are used again in time stay', async () => {
    const { there, clock, routes } = await lanesOf(true)
    routes.add('a/#', () => {})
    const second = routes.add('a/b', () => {})
    await second.confirmed
    await second.end()
    clock.advance(5000)
    await routes.add('a/c', () => {}).confirmed
    clock.advance(60_000)
    expect(there.wires.map(({ filters, closed }) => [...filters, closed])).toEqual([
      ['a/#', false],
      ['a/c', false],
    ])
  })

  it('refuse what needs a further connection where the server takes none, and serve the rest', async () => {
    const { there, clock, routes } = await lanesOf(true)
    await routes.add('a/#', () => {}).confirmed
    there.refuse()
    const refused = expect(routes.add('a/b', () => {}).confirmed).rejects.toMatchObject({ code: 'internal' })
    for (let i = 0; i < 3; i++) {
      await settled()
      clock.advance(500)
    }
    await refused
    await settled()
    expect(clock.timers).toBe(0)
    await routes.add('b', () => {}).confirmed
    expect(there.wires.map(({ filters }) => [...filters])).toEqual([['a/#', 'b']])
  })

  it('close with all that they opened, and leave no timer', async () => {
    const { there, clock, routes } = await lanesOf(true)
    routes.add('a/#', () => {})
    const second = routes.add('a/b', () => {})
    await second.confirmed
    await second.end()
    await routes.close()
    expect([there.wires.every(({ closed }) => closed), clock.timers]).toEqual([true, 0])
  })
})
