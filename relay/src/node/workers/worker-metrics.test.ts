import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { type Figures, metrics } from '../metrics.js'
import type { ToChild } from './child-messages.js'
import { workerMetrics } from './worker-metrics.js'

const clock = fakeClock()

/** A slot whose process may be there, and the requests that it received. */
function fakeSlot(there = true): { send(message: ToChild): boolean; readonly requests: string[] } {
  const requests: string[] = []
  return {
    requests,
    send: ({ kind }) => {
      if (there) requests.push(kind)
      return there
    },
  }
}

/** The figures of a relay that has published this many messages. */
async function published(times: number): Promise<Figures> {
  const { observer, figures } = metrics()
  observer.status('main', 'up')
  for (let i = 0; i < times; i++) observer.published('main')
  return figures()
}

const total = (all: readonly Figures[]): number =>
  all
    .flat()
    .filter(({ name }) => name === 'wildcast_published_total')
    .flatMap(({ values }) => values)
    .reduce((sum, { value }) => sum + value, 0)

it('asks all processes that are there, and resolves when each has answered', async () => {
  const workers = workerMetrics(clock)
  const [first, second, gone] = [fakeSlot(), fakeSlot(), fakeSlot(false)]
  const taken = workers.collect([first, second, gone])
  expect({ first: first.requests, second: second.requests, gone: gone.requests }).toEqual({
    first: ['count'],
    second: ['count'],
    gone: [],
  })
  workers.received(first, await published(3))
  workers.received(second, await published(4))
  expect(total(await taken)).toBe(7)
})

it('uses the last answer of a process that does not answer in time', async () => {
  const workers = workerMetrics(clock)
  const [quick, slow] = [fakeSlot(), fakeSlot()]
  workers.received(slow, await published(5))
  const taken = workers.collect([quick, slow])
  workers.received(quick, await published(1))
  clock.advance(1000)
  expect(total(await taken)).toBe(6)
})

it('keeps the counters of processes that have ended, and none of their gauges', async () => {
  const workers = workerMetrics(clock)
  const slot = fakeSlot()
  workers.received(slot, await published(2))
  workers.ended(slot)
  workers.received(slot, await published(3))
  workers.ended(slot)
  const all = await workers.collect([])
  expect(total(all)).toBe(5)
  expect(all.flat().map(({ name }) => name)).not.toContain('wildcast_broker_up')
})

it('does not wait for a process that ends before it answers', async () => {
  const workers = workerMetrics(clock)
  const slot = fakeSlot()
  const taken = workers.collect([slot])
  workers.ended(slot)
  expect(total(await taken)).toBe(0)
})
