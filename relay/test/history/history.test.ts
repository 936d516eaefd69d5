import { describe, expect, it } from 'vitest'
import { faultsOfHistory } from './check-history.js'
import { historiesUnderTest } from './histories-under-test.js'
import type { HistoryRecord } from './history-record.js'
import { endOfHistory, type HistoryEnd, runHistory } from './run-history.js'

const isLong = process.env.WILDCAST_LONG === '1'

/**
 * The long form has 1,000 joins among 200,000 messages. Each of its runs continues the history of
 * the one before, and is checked alone: all at once would take 4 GB.
 */
const runs = isLong ? 100 : 1
const size = isLong ? { publishers: 4, messages: 500, joins: 10 } : { publishers: 4, messages: 300, joins: 40 }
const timeout = isLong ? 3_600_000 : 240_000

/** Returns the answers to the subscriptions of a run, and the number of messages it replayed. */
function answersOf({ readers }: HistoryRecord) {
  const events = readers.flatMap((reader) => reader.events)
  const answers = events.flatMap((event) => (event.kind === 'subscribed' ? [event.recovered] : []))
  return { answers, replayed: events.filter(({ kind }) => kind === 'replayed').length }
}

describe('a history', () => {
  it.each(Object.entries(historiesUnderTest))(
    '%s gives each position exactly once, in order, or reports what may be missing',
    { timeout },
    async (_, open) => {
      const histories = await open()
      const answers = new Set<boolean | undefined>()
      let [replayed, joins]: [number, number] = [0, 0]
      let from: HistoryEnd | undefined
      for (let run = 1; run <= runs; run++) {
        const record = await runHistory({ ...histories, ...size, seed: run, from })
        expect(faultsOfHistory(record)).toEqual([])
        const found = answersOf(record)
        for (const answer of found.answers) answers.add(answer)
        replayed += found.replayed
        joins += record.readers.length
        from = endOfHistory(record)
      }
      expect(answers).toEqual(new Set([true, false]))
      expect(replayed).toBeGreaterThan(size.messages * runs)
      expect(joins).toBeGreaterThan(size.joins * runs)
    },
  )
})
