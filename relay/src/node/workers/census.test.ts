import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { type Figures, metrics } from '../metrics.js'
import { census } from './census.js'
import type { ToMember } from './words.js'

const clock = fakeClock()

/** A place whose process may be there, and what it was asked. */
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

/** What a relay says that has published so often. */
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

it('asks all that are there, and resolves when each has answered', async () => {
  const counts = census(clock)
  const [first, second, gone] = [somebody(), somebody(), somebody(false)]
  const taken = counts.take([first, second, gone])
  expect([first.asked, second.asked, gone.asked]).toEqual([['count'], ['count'], []])
  counts.heard(first, await published(3))
  counts.heard(second, await published(4))
  expect(total(await taken)).toBe(7)
})

it('goes by what was said last where one does not answer in time', async () => {
  const counts = census(clock)
  const [quick, slow] = [somebody(), somebody()]
  counts.heard(slow, await published(5))
  const taken = counts.take([quick, slow])
  counts.heard(quick, await published(1))
  clock.advance(1000)
  expect(total(await taken)).toBe(6)
})

it('keeps the counters of those that have ended, and nothing of how they stood', async () => {
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

it('waits for nobody who ends over the question', async () => {
  const counts = census(clock)
  const place = somebody()
  const taken = counts.take([place])
  counts.ended(place)
  expect(total(await taken)).toBe(0)
})
