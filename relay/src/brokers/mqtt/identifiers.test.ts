import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overlap } from './filters.js'
import { Identifiers } from './identifiers.js'
import type { Route } from './routes.js'
import { serverOf } from './server.js'
import type { Incoming, MqttWire } from './wire.js'

/**
 * A server of MQTT 5 that sends a message once for each filter that matches, or once for all with
 * all identifiers.
 */
function openServer(copies: boolean) {
  const filters = new Map<string, number>()
  let lost = 0
  const wire: MqttWire = {
    server: serverOf({}, 5),
    subscribe: async (filter, identifier = 0) => void filters.set(filter, identifier),
    unsubscribe: async (filter) => void filters.delete(filter),
    publish: async () => true,
    subscribeRetained: async () => {},
    mark: async () => {},
    async close() {},
  }
  const routes = new Identifiers(wire, () => {
    lost++
  })
  return {
    routes,
    filters,
    lost: () => lost,
    send(topic: string, payload = '') {
      const matching = [...filters].flatMap(([filter, id]) => (overlap(filter, topic) ? [id] : []))
      const sent = copies ? matching : matching.length > 0 ? [matching] : []
      for (const subscriptionIdentifier of sent)
        routes.received({ topic, payload, properties: { subscriptionIdentifier } } as Incoming)
    },
  }
}

describe.each([true, false])('identifiers, if a server sends copies: %s', (copies) => {
  it('deliver each matching packet once to each route, while other routes are added and ended', async () => {
    const level = fc.constantFrom('a', 'b', '+')
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 2 }), fc.boolean())
      .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'))
    const topic = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 2 }).map((levels) => levels.join('/'))
    const step = fc.record({ filter, topic, endedIndex: fc.nat(40), ends: fc.boolean(), waits: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
        const { routes, filters, send, lost } = openServer(copies)
        const entries = new Set<{ filter: string; route: Route; received: string[]; expected: string[] }>()
        for (const [i, { filter, topic, endedIndex, ends, waits }] of steps.entries()) {
          const received: string[] = []
          // Several routes may have one filter.
          const route = routes.add(filter, ({ payload }) => received.push(String(payload)))
          entries.add({ filter, route, received, expected: [] })
          await route.confirmed
          for (const { filter: other, expected } of entries) if (overlap(other, topic)) expected.push(`${i}`)
          send(topic, `${i}`)
          const ended = [...entries][endedIndex]
          if (!ends || !ended) continue
          const ending = ended.route.end()
          expect(ended.received).toEqual(ended.expected)
          entries.delete(ended)
          if (waits) await ending
        }
        for (const { received, expected } of entries) expect(received).toEqual(expected)
        await Promise.all([...entries].map(({ route }) => route.end()))
        expect({ filters: filters.size, lost: lost() }).toEqual({ filters: 0, lost: 0 })
      }),
      { numRuns: 150 },
    )
  })
})

const packet = (more: Partial<Incoming> & { subscriptionIdentifier?: number }): Incoming => {
  const { subscriptionIdentifier, ...rest } = more
  return { topic: 'a', payload: '', ...(subscriptionIdentifier && { properties: { subscriptionIdentifier } }), ...rest }
}

it('a repeated packet is delivered once, unless another member of a share may have received it first', async () => {
  const { routes } = openServer(true)
  const received: string[] = []
  routes.add('a', () => received.push('plain'))
  routes.add('$share/g/a', () => received.push('share'))
  for (const subscriptionIdentifier of [1, 2])
    for (const dup of [false, true])
      routes.received(packet({ subscriptionIdentifier, messageId: subscriptionIdentifier, dup }))
  expect(received).toEqual(['plain', 'share', 'share'])
})

it('a packet that was queued at the server is delivered after the end, for a limited number of routes', async () => {
  const { routes } = openServer(true)
  const received: string[] = []
  await routes.add('first', ({ payload }) => received.push(String(payload))).end()
  for (let i = 0; i < 999; i++) await routes.add('others', () => {}).end()
  routes.received(packet({ subscriptionIdentifier: 1, payload: 'late' }))
  routes.received(packet({ topic: 'first', payload: 'unclear' }))
  await routes.add('others', () => {}).end()
  routes.received(packet({ subscriptionIdentifier: 1, payload: 'too late' }))
  expect(received).toEqual(['late'])
})

it('a packet without an identifier is delivered to the only route that matches, and to none of several', async () => {
  const { routes, lost } = openServer(true)
  const received: string[] = []
  routes.add('a', () => received.push('a'))
  routes.received(packet({}))
  routes.add('+', () => received.push('+'))
  routes.received(packet({}))
  expect({ received, lost: lost() }).toEqual({ received: ['a'], lost: 1 })
})
