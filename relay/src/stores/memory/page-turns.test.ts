import { expect, it } from 'vitest'
import { PageTurns } from './page-turns.js'

/** Pages that each take some milliseconds, and turns that end when the test wants. */
function turns(pageMs: number) {
  let now = 0
  let ends: (() => void)[] = []
  const pages = new PageTurns({ now: () => now, endOfTurn: (run) => void ends.push(run) })
  const log: string[] = []
  return {
    log,
    read: (name: string) =>
      pages.run(() => {
        now += pageMs
        log.push(name)
        return name
      }),
    fail: () =>
      pages.run(() => {
        throw new RangeError('no page')
      }),
    endTurn() {
      const due = ends
      ends = []
      for (const run of due) run()
      return log.splice(0)
    },
  }
}

it('pages are read at once, until they have taken 5 ms of the turn; the others follow in order', async () => {
  const { read, endTurn, log } = turns(3)
  const found = ['a', 'b', 'c', 'd', 'e'].map(read)
  expect(found.slice(0, 2)).toEqual(['a', 'b'])
  expect(log.splice(0)).toEqual(['a', 'b'])
  expect(endTurn()).toEqual(['c', 'd'])
  const later = read('f')
  expect(log).toEqual([])
  expect(endTurn()).toEqual(['e', 'f'])
  expect(endTurn()).toEqual([])
  expect(await Promise.all([...found, later])).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  expect(read('g')).toBe('g')
})

it('many short pages are read in one turn', () => {
  const { read, log } = turns(0)
  for (let i = 0; i < 1000; i++) expect(read(`${i}`)).toBe(`${i}`)
  expect(log).toHaveLength(1000)
})

it('a page that fails is not in the way of the next one', async () => {
  const { read, fail, endTurn } = turns(5)
  expect(read('a')).toBe('a')
  const failed = expect(fail()).rejects.toThrow('no page')
  const next = read('b')
  expect(endTurn()).toEqual(['a', 'b'])
  await failed
  expect(await next).toBe('b')
})
