import { describe, expect, it } from 'vitest'
import { faultsOfHistory } from './check-history.js'
import { historiesUnderTest } from './histories-under-test.js'
import { runHistory } from './run-history.js'

const isLong = process.env.WILDCAST_LONG === '1'

const size = isLong ? { publishers: 4, messages: 50_000, joins: 1000 } : { publishers: 4, messages: 300, joins: 40 }
const timeout = isLong ? 3_600_000 : 240_000

describe('a history', () => {
  it.each(Object.entries(historiesUnderTest))(
    '%s gives each position exactly once, in order, or reports what may be missing',
    { timeout },
    async (_, open) => {
      const record = await runHistory({ ...(await open()), ...size, seed: 1 })
      expect(faultsOfHistory(record)).toEqual([])
      const events = record.readers.flatMap((reader) => reader.events)
      const answers = events.flatMap((event) => (event.kind === 'subscribed' ? [event.recovered] : []))
      expect(new Set(answers)).toEqual(new Set([true, false]))
      expect(events.filter(({ kind }) => kind === 'replayed').length).toBeGreaterThan(size.messages)
      expect(record.readers.length).toBeGreaterThan(size.joins)
    },
  )
})
