import { type Pattern, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { StoredValue } from '../../../core/store.js'
import { fakeClock } from '../../../testing/fake-clock.js'
import { Readings } from './readings.js'

const value = (subject: string, payload = subject): StoredValue => ({ subject: parseSubject(subject), payload })

/** Readings of values that the test sets. Each value takes 205 bytes. */
function openReadings(limit = 10_000) {
  const stored: StoredValue[] = []
  const reads: Pattern[] = []
  const clock = fakeClock()
  const readings = new Readings({
    async read(pattern, take) {
      reads.push(pattern)
      for (const one of stored) take(one)
    },
    clock,
    limit,
  })
  const page = async (pattern: string, after?: string, values = 2) => {
    const request = { after: after as Subject | undefined, values, bytes: 1000 }
    const found = await readings.page(parsePattern(pattern), request)
    return { found: found.values.map(({ payload }) => payload), next: found.next }
  }
  return { readings, stored, reads, clock, page }
}

it('are read once for all pages of a reader', async () => {
  const { stored, reads, clock, page } = openReadings()
  stored.push(...['a.3', 'a.1', 'a.2'].map((name) => value(name)))
  expect(await page('a.*')).toEqual({ found: ['a.1', 'a.2'], next: 'a.2' })
  expect(await page('a.*', 'a.2')).toEqual({ found: ['a.3'], next: undefined })
  expect([reads.length, clock.timers]).toEqual([1, 0])
  await page('a.*')
  expect(reads).toHaveLength(2)
})

it('have the later one of two values of a subject', async () => {
  const { stored, page } = openReadings()
  stored.push(value('a.1', 'old'), value('a.1', 'new'))
  expect(await page('a.*')).toEqual({ found: ['new'], next: undefined })
})

it('are read again if their reader was slow, or if others needed the room', async () => {
  const { stored, reads, clock, page } = openReadings(1000)
  stored.push(...['a.1', 'a.2', 'a.3'].map((name) => value(name)))
  await page('a.*')
  clock.advance(10_000)
  expect(await page('a.*', 'a.2')).toEqual({ found: ['a.3'], next: undefined })
  expect(reads).toHaveLength(2)
  await page('a.*')
  await page('*.*')
  expect(await page('a.*', 'a.2')).toEqual({ found: ['a.3'], next: undefined })
  expect(reads).toHaveLength(5)
})

it('beyond the limit are refused, and what fits is read after that', async () => {
  const { stored, page, clock } = openReadings(1000)
  stored.push(...Array.from({ length: 5 }, (_, i) => value(`a.${i}`)))
  for (let i = 0; i < 3; i++) await expect(page('a.*')).rejects.toMatchObject({ code: 'too_large' })
  stored.length = 4
  expect((await page('a.*')).found).toEqual(['a.0', 'a.1'])
  expect(clock.timers).toBe(1)
})

it('that are closed leave no timer', async () => {
  const { stored, readings, clock, page } = openReadings()
  stored.push(...['a.1', 'a.2', 'a.3'].map((name) => value(name)))
  await page('a.*')
  readings.close()
  expect(clock.timers).toBe(0)
})

it('give each value exactly once, in order, for any size of pages', async () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(names, fc.integer({ min: 1, max: 7 }), fc.nat(3000), async (found, size, limit) => {
      const { stored, page } = openReadings(9000 + limit)
      stored.push(...found.map((name) => value(name)))
      const given: unknown[] = []
      let after: string | undefined
      do {
        const next = await page('*', after, size)
        given.push(...next.found)
        after = next.next
      } while (after !== undefined)
      expect(given).toEqual([...found].sort())
    }),
  )
})
