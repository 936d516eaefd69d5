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
function serverThere(copies: boolean) {
  const filters = new Map<string, number>()
  let lost = 0
  const wire: MqttWire = {
    server: serverOf({}, 5),
    subscribe: async (filter, identifier = 0) => void filters.set(filter, identifier),
    unsubscribe: async (filter) => void filters.delete(filter),
    publish: async () => true,
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

describe.each([true, false])('identifiers, where a server sends copies: %s', (copies) => {
  it('bring to each route what its filter matches, once, whatever else comes and goes', async () => {
    const level = fc.constantFrom('a', 'b', '+')
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 2 }), fc.boolean())
      .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'))
    const topic = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 2 }).map((levels) => levels.join('/'))
    const step = fc.record({ filter, topic, leaver: fc.nat(40), leaves: fc.boolean(), waits: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
        const { routes, filters, send, lost } = serverThere(copies)
        const here = new Set<{ filter: string; route: Route; got: string[]; due: string[] }>()
        for (const [i, { filter, topic, leaver, leaves, waits }] of steps.entries()) {
          const got: string[] = []
          // Several routes may have one filter.
          const route = routes.add(filter, ({ payload }) => got.push(String(payload)))
          here.add({ filter, route, got, due: [] })
          await route.confirmed
          for (const { filter: wanted, due } of here) if (overlap(wanted, topic)) due.push(`${i}`)
          send(topic, `${i}`)
          const gone = [...here][leaver]
          if (!leaves || !gone) continue
          const ending = gone.route.end()
          expect(gone.got).toEqual(gone.due)
          here.delete(gone)
          if (waits) await ending
        }
        for (const { got, due } of here) expect(got).toEqual(due)
        await Promise.all([...here].map(({ route }) => route.end()))
        expect([filters.size, lost()]).toEqual([0, 0])
      }),
      { numRuns: 150 },
    )
  })
})

const packet = (more: Partial<Incoming> & { subscriptionIdentifier?: number }): Incoming => {
  const { subscriptionIdentifier, ...rest } = more
  return { topic: 'a', payload: '', ...(subscriptionIdentifier && { properties: { subscriptionIdentifier } }), ...rest }
}

it('what is sent again is brought once, unless another member of a share may have had it first', async () => {
  const { routes } = serverThere(true)
  const got: string[] = []
  routes.add('a', () => got.push('plain'))
  routes.add('$share/g/a', () => got.push('share'))
  for (const subscriptionIdentifier of [1, 2])
    for (const dup of [false, true])
      routes.received(packet({ subscriptionIdentifier, messageId: subscriptionIdentifier, dup }))
  expect(got).toEqual(['plain', 'share', 'share'])
})

it('what a server still had to send comes after the end, too; such routes are remembered up to a bounded number', async () => {
  const { routes } = serverThere(true)
  const got: string[] = []
  await routes.add('first', ({ payload }) => got.push(String(payload))).end()
  for (let i = 0; i < 999; i++) await routes.add('others', () => {}).end()
  routes.received(packet({ subscriptionIdentifier: 1, payload: 'late' }))
  routes.received(packet({ topic: 'first', payload: 'whose?' }))
  await routes.add('others', () => {}).end()
  routes.received(packet({ subscriptionIdentifier: 1, payload: 'too late' }))
  expect(got).toEqual(['late'])
})

it('a packet without an identifier reaches the only one who can be meant, and nobody where there are two', async () => {
  const { routes, lost } = serverThere(true)
  const got: string[] = []
  routes.add('a', () => got.push('a'))
  routes.received(packet({}))
  routes.add('+', () => got.push('+'))
  routes.received(packet({}))
  expect([got, lost()]).toEqual([['a'], 1])
})
