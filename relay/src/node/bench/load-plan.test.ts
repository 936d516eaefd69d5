import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type LoadPlan, placeOf, sharesOf, threadsFor } from './load-plan.js'

const plan = (clients: number, subscribers: number, rate = 100): LoadPlan => ({
  url: 'ws://localhost',
  codec: 'json',
  prefix: 'bench',
  clients,
  subscribers,
  rate,
  size: 128,
  seconds: 1,
})

const plans = fc
  .integer({ min: 1, max: 300 })
  .chain((clients) => fc.tuple(fc.constant(clients), fc.integer({ min: 1, max: clients })))
  .map(([clients, subscribers]) => plan(clients, subscribers))

it('gives each message the same number of subscribers, wherever it is published', () => {
  fc.assert(
    fc.property(plans, (one) => {
      const places = Array.from({ length: one.clients }, (_, client) => placeOf(client, one))
      for (const { subject } of places)
        expect(places.filter((other) => other.subscribes && other.subject === subject)).toHaveLength(one.subscribers)
    }),
    { numRuns: 30 },
  )
})

it('gives each client to one thread', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 9 }), (one, threads) => {
      const clients = sharesOf(one, threads).flatMap(({ first, count }) =>
        Array.from({ length: count }, (_, i) => first + i),
      )
      expect(clients).toEqual(Array.from({ length: one.clients }, (_, i) => i))
    }),
  )
})

it('has more threads for more load, and no more than cores or clients', () => {
  expect(threadsFor(plan(50, 10, 500), 8)).toBe(1)
  expect(threadsFor(plan(50, 10, 5000), 8)).toBe(4)
  expect(threadsFor(plan(10_000, 1), 8)).toBe(5)
  expect(threadsFor(plan(50, 50, 100_000), 8)).toBe(8)
  expect(threadsFor(plan(1, 1, 100_000), 8)).toBe(1)
})
