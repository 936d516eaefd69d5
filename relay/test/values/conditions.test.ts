import { describe, expect, it } from 'vitest'
import { faultsOfConditions } from './check-conditions.js'
import { runConditions } from './run-conditions.js'
import { storesUnderTest } from './stores-under-test.js'

const isLong = process.env.WILDCAST_LONG === '1'
const size = isLong ? { clients: 16, writes: 5000 } : { clients: 8, writes: 60 }
const timeout = isLong ? 3_600_000 : 240_000

describe('writes on conditions', () => {
  it.each(Object.entries(storesUnderTest))('%s are linearizable (Q4)', { timeout }, async (_, open) => {
    const history = await runConditions({ ...(await open()), ...size, seed: 1 })
    expect(faultsOfConditions(history)).toEqual([])
    for (const outcome of ['written', 'refused'])
      expect(history.filter((one) => one.outcome === outcome).length).toBeGreaterThan(size.writes)
  })
})
