import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from './limits.js'
import { parsePattern, parseSubject } from './subject.js'
import { isPattern, isSubject } from './subject-form.js'

describe('isSubject and isPattern', () => {
  const verdict = (parse: (text: string) => string, text: string): boolean => {
    try {
      parse(text)
      return true
    } catch {
      return false
    }
  }
  const part = fc.constantFrom('a', 'ä', 'request', '$', '*', '**', '***', '>', '#', '+', '/', ' ', '\ud800', '', 'a*')

  it('agree with the parsers', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const text = parts.join('.')
        expect(isSubject(text)).toBe(verdict(parseSubject, text))
        // Only the relay limits the number of `**`.
        if (parts.filter((each) => each === '**' || each === '>' || each === '#').length <= limits.multiWildcards)
          expect(isPattern(text)).toBe(verdict(parsePattern, text))
      }),
      { numRuns: 1000 },
    )
  })

  it('check the limits, in characters', () => {
    const long = (length: number): string => 'a'.repeat(length)
    const deep = (segments: number): string => Array(segments).fill('a').join('.')
    for (const has of [isSubject, isPattern]) {
      expect(has(long(limits.subjectBytes))).toBe(true)
      expect(has(long(limits.subjectBytes + 1))).toBe(false)
      expect(has(deep(limits.subjectSegments))).toBe(true)
      expect(has(deep(limits.subjectSegments + 1))).toBe(false)
    }
  })
})
