import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitBeside, withBeside } from './beside-header.js'

describe('the facts beside a payload', () => {
  it('are restored from the headers that they are kept among', () => {
    const beside = fc.record(
      {
        contentType: fc.string({ unit: 'binary' }),
        correlation: fc.uint8Array(),
        format: fc.constantFrom(0, 1),
      },
      { requiredKeys: [] },
    )
    const headers = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'wildcast-beside'), fc.string()))
    fc.assert(
      fc.property(headers, fc.option(beside, { nil: undefined }), (sent, facts) => {
        const stored = withBeside(sent, facts) ?? []
        expect(splitBeside(stored)).toEqual({ headers: sent, beside: facts })
        expect(stored.flat().every((text) => sent.flat().includes(text) || !/\p{Cc}/u.test(text))).toBe(true)
      }),
    )
  })

  it.each(['', 'null', '[', '{"correlation":1,"format":"x"}', '7'])('are ignored if they are %j', (text) => {
    const { headers, beside } = splitBeside([
      ['a', 'b'],
      ['wildcast/beside', text],
    ])
    expect({ headers, facts: Object.values(beside ?? {}) }).toEqual({ headers: [['a', 'b']], facts: [] })
  })
})
