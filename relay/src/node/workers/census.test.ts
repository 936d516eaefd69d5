import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { type Figures, metrics } from '../metrics.js'
import { census } from './census.js'
import type { ToMember } from './words.js'

const clock = fakeClock()

/** A slot whose process may be there, and the requests that it received. */
function somebody(there = true): { say(words: ToMember): boolean; readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    say: ({ kind }) => {
      if (there) asked.push(kind)
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
  const counts = census(clock)
  const [first, second, gone] = [somebody(), somebody(), somebody(false)]
  const taken = counts.take([first, second, gone])
  expect({ first: first.asked, second: second.asked, gone: gone.asked }).toEqual({
    first: ['count'],
    second: ['count'],
    gone: [],
  })
  counts.heard(first, await published(3))
  counts.heard(second, await published(4))
  expect(total(await taken)).toBe(7)
})

it('uses the last answer of a process that does not answer in time', async () => {
  const counts = census(clock)
  const [quick, slow] = [somebody(), somebody()]
  counts.heard(slow, await published(5))
  const taken = counts.take([quick, slow])
  counts.heard(quick, await published(1))
  clock.advance(1000)
  expect(total(await taken)).toBe(6)
})

it('keeps the counters of processes that have ended, and none of their gauges', async () => {
  const counts = census(clock)
  const place = somebody()
  counts.heard(place, await published(2))
  counts.ended(place)
  counts.heard(place, await published(3))
  counts.ended(place)
  const all = await counts.take([])
  expect(total(all)).toBe(5)
  expect(all.flat().map(({ name }) => name)).not.toContain('wildcast_broker_up')
})

it('does not wait for a process that ends before it answers', async () => {
  const counts = census(clock)
  const place = somebody()
  const taken = counts.take([place])
  counts.ended(place)
  expect(total(await taken)).toBe(0)
})
