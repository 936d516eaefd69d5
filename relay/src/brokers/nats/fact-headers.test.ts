import { expect, it } from 'vitest'
import { factHeaders, factsIn, mostFactHeaders } from './fact-headers.js'

const facts = { beside: { contentType: 'a\nb' }, qos: 2, expiresAt: 1_700_000_000_000, retain: true } as const

it('facts are read as they were written, apart from other headers', () => {
  const sent = [['trace', '1']] as const
  expect(factHeaders(facts)).toHaveLength(mostFactHeaders)
  expect(factsIn([...sent, ...factHeaders(facts)])).toEqual({ headers: sent, facts })
  expect(factHeaders({})).toEqual([])
  expect(factsIn(sent)).toEqual({ headers: sent, facts: {} })
})

it('facts that no relay has written are ignored', () => {
  const forged = [
    ['wildcast/qos', '3'],
    ['wildcast/expires', 'soon'],
    ['wildcast/retain', ''],
    ['wildcast/beside', '{'],
  ] as const
  expect(factsIn(forged)).toEqual({ headers: [], facts: {} })
})
