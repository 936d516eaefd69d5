import { intersects, matches, parseSubject } from '@wildcast/protocol/subjects'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Contract } from './contract.js'
import { defineContract } from './define-contract.js'
import type { EntryMap } from './definition.js'
import { parseTemplate } from './template.js'
import { type } from './type.js'

const schema = type<1>()
const literal = fc.constantFrom('a', 'b', '$a', '_b', 'request', '{')
const name = fc.constantFrom('{x}', '{y}')
const patternOf = (wildcard: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.constantFrom('a', 'b', '$a', '_b', 'request'), wildcard), { minLength: 1, maxLength: 5 })
    .map((segments) => segments.join('.'))
    .filter((text) => !/(\{.\}).*\1/.test(text) && (text.match(/\*\*/g) ?? []).length <= 2)
const pattern = fc.oneof(patternOf(fc.constantFrom('*', '**')), patternOf(name))
const subject = fc.array(literal, { minLength: 1, maxLength: 6 }).map((segments) => segments.join('.'))
const keys = fc.uniqueArray(pattern, { maxLength: 8 })

const contractOf = (all: readonly string[]): Contract =>
  defineContract(Object.fromEntries(all.map((key) => [key, { message: schema }])) as EntryMap)

describe('a contract agrees with the subject language', () => {
  it('finds the first entry whose pattern matches a subject', () => {
    fc.assert(
      fc.property(keys, subject, (all, text) => {
        const first = all.find((key) => matches(parseTemplate(key).pattern, parseSubject(text)))
        expect(contractOf(all).find('message', text)?.key).toBe(first)
        expect(contractOf(all).find('value', text)).toBeUndefined()
      }),
    )
  })

  it('has for a pattern the entries whose patterns share a subject with it', () => {
    fc.assert(
      fc.property(keys, pattern, (all, text) => {
        const own = parseTemplate(text).pattern
        const sharing = all.filter((key) => intersects(parseTemplate(key).pattern, own))
        expect(
          contractOf(all)
            .entriesFor(text)
            .map(({ key }) => key),
        ).toEqual(sharing)
      }),
    )
  })

  it('has for a subject the entries that match it', () => {
    fc.assert(
      fc.property(keys, subject, (all, text) => {
        fc.pre(!text.includes('{'))
        const found = contractOf(all).entriesFor(text)
        expect(contractOf(all).find('message', text)).toEqual(found[0])
      }),
    )
  })

  it('is refused exactly if two entries with different schemas share a subject', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        fc.pre(one !== other)
        const define = (): unknown => defineContract({ [one]: { value: type<1>() }, [other]: { value: type<2>() } })
        if (intersects(parseTemplate(one).pattern, parseTemplate(other).pattern)) expect(define).toThrow(TypeError)
        else expect(define).not.toThrow()
      }),
    )
  })
})
