import { describe, expect, it } from 'vitest'
import { faultsOfValues } from './check-values.js'
import { runValues } from './run-values.js'
import { storesUnderTest, unnumberedStores } from './stores-under-test.js'

const isLong = process.env.WILDCAST_LONG === '1'

/** The long form has 1,200 joins among 500,000 writes. */
const size = isLong
  ? { writers: 4, writes: 125_000, subjects: 60, joins: 1200 }
  : { writers: 4, writes: 240, subjects: 20, joins: 40 }
const timeout = isLong ? 3_600_000 : 240_000

describe('values', () => {
  it.each(Object.entries({ ...storesUnderTest, ...unnumberedStores }))(
    '%s never go back, and none is missing, doubled or left',
    { timeout },
    async (_, open) => {
      const history = await runValues({ ...(await open()), ...size, seed: 1 })
      expect(faultsOfValues(history)).toEqual([])
      const events = history.readers.flatMap((reader) => reader.events)
      expect(events.filter(({ kind }) => kind === 'gap')).not.toEqual([])
      expect(history.readers.length).toBeGreaterThan(size.joins)
    },
  )
})
