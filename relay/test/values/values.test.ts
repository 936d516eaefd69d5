import { describe, expect, it } from 'vitest'
import { memory, newId, realClock } from '../../src/index.js'
import { startRelay } from '../start-relay.js'
import { faultsOfValues } from './check-values.js'
import { runValues, type ValueRunOptions } from './run-values.js'

const isLong = process.env.WILDCAST_LONG === '1'

/** The long form has the 1,000 joins among 500,000 writes of the mark. */
const size = isLong
  ? { writers: 4, writes: 125_000, subjects: 60, joins: 1200 }
  : { writers: 4, writes: 600, subjects: 20, joins: 80 }

/** Slow readers fall behind, and miss messages. */
const limits = { backlog: 20_000 }

const wsOf = (address: string): string => `ws://${address}`

async function inMemory(): Promise<Pick<ValueRunOptions, 'urls'>> {
  const { address } = await startRelay({ brokers: { main: memory({ clock: realClock, newId }) }, limits })
  return { urls: [wsOf(address)] }
}

describe('values', { timeout: isLong ? 3_600_000 : 120_000 }, () => {
  it.each([1, 2, 3])('in memory never go back, and none is missing, doubled or left, run %i', async (seed) => {
    const history = await runValues({ ...(await inMemory()), ...size, seed })
    expect(history.readers.length).toBeGreaterThan(size.joins)
    expect(faultsOfValues(history)).toEqual([])
    expect(history.readers.flatMap(({ events }) => events.filter(({ kind }) => kind === 'gap'))).not.toEqual([])
  })
})
