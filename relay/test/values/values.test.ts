import { describe, expect, it } from 'vitest'
import { faultsOfValues } from './check-values.js'
import { runValues } from './run-values.js'
import { storesUnderTest, unnumberedStores } from './stores-under-test.js'

const isLong = process.env.WILDCAST_LONG === '1'

/**
 * The long form has 1,200 joins among 500,000 writes. Each of its runs has subjects of its own and
 * is checked alone, so that the record stays small.
 */
const runs = isLong ? 100 : 1
const size = isLong
  ? { writers: 4, writes: 1250, subjects: 20, joins: 12 }
  : { writers: 4, writes: 240, subjects: 20, joins: 40 }
const timeout = isLong ? 3_600_000 : 240_000

describe('values', () => {
  it.each(Object.entries({ ...storesUnderTest, ...unnumberedStores }))(
    '%s never go back, and none is missing, doubled or left',
    { timeout },
    async (_, open) => {
      const stores = await open()
      let [gaps, joins]: [number, number] = [0, 0]
      for (let run = 1; run <= runs; run++) {
        const root = run === 1 ? 'v' : `v.run-${run}`
        const history = await runValues({ ...stores, ...size, root, seed: run })
        expect(faultsOfValues(history)).toEqual([])
        const events = history.readers.flatMap((reader) => reader.events)
        gaps += events.filter(({ kind }) => kind === 'gap').length
        joins += history.readers.length
      }
      expect(gaps).toBeGreaterThan(0)
      expect(joins).toBeGreaterThan(size.joins * runs)
    },
  )
})
