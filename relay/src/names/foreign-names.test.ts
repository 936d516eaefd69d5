import { limits, parseSubject, type Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ForeignNames, foreignNames } from './foreign-names.js'

const mqtt = foreignNames({ separator: '/', escaped: '. *>', emptySegments: true })
const redis = foreignNames({ separator: '.', escaped: '/+#*> ' })
const nats = foreignNames({ separator: '.', escaped: '/+#' })
const tables = [
  { broker: 'MQTT', names: mqtt, separator: '/' },
  { broker: 'Redis', names: redis, separator: '.' },
  { broker: 'NATS', names: nats, separator: '.' },
]

describe('a foreign name', () => {
  it.each<[string, ForeignNames, string, string]>([
    ['plain', mqtt, 'good/apple', 'good.apple'],
    ['a dot inside an MQTT level', mqtt, 'a.b/c', 'a%2Eb.c'],
    ['a space inside an MQTT level', mqtt, 'a b', 'a%20b'],
    ['empty MQTT levels', mqtt, '/a//', '%.a.%.%'],
    ['an MQTT level that is "%"', mqtt, '%', '%25'],
    ['an MQTT level that is "%25"', mqtt, '%25', '%2525'],
    ['the form of an escape', mqtt, 'a%2Eb', 'a%252Eb'],
    ['the form of an escaped escape', mqtt, 'a%252Eb', 'a%25252Eb'],
    ["the form of another broker's escape", mqtt, 'a%2Fb', 'a%2Fb'],
    ["the form of another broker's escape, escaped", mqtt, 'a%252Fb', 'a%252Fb'],
    ['an escape in small letters', redis, 'a%2fb', 'a%2fb'],
    ['a percent sign before other hex digits', nats, 'a%41%25b', 'a%41%25b'],
    ['a percent sign before no hex digits', mqtt, '100%', '100%'],
    ['a percent sign before an escaped character', redis, '%/%25/', '%%2F%25%2F'],
    ['a slash in a Redis channel', redis, 'a/b.c', 'a%2Fb.c'],
    ['glob characters that subjects may hold', redis, 'a?[b]\\', 'a?[b]\\'],
  ])('with %s becomes a subject, and back', (_, names, name, subject) => {
    expect(names.subjectOf(name)).toBe(subject)
    expect(names.nameOf(parseSubject(subject))).toBe(name)
  })

  it.each<[string, ForeignNames, string]>([
    ['an empty segment, which Redis does not allow', redis, 'a..b'],
    ['a control character', mqtt, 'a\u0001b'],
    ['a tab', redis, 'a\tb'],
    ['more than 1,024 bytes', mqtt, 'x'.repeat(limits.subjectBytes + 1)],
    ['escapes that make it longer than 1,024 bytes', mqtt, '.'.repeat(400)],
  ])('with %s has no subject', (_, names, name) => {
    expect(names.subjectOf(name)).toBeUndefined()
  })
})

describe.each(tables)('the names of $broker', ({ names, separator }) => {
  const character = fc.constantFrom(...'ab%%%25252EF0. *>/+#2')
  const text = fc.string({ unit: character, maxLength: 16 })

  it('have unique subjects, from which they are restored', () => {
    fc.assert(
      fc.property(text, (name) => {
        const subject = names.subjectOf(name)
        if (subject !== undefined) expect(names.nameOf(subject)).toBe(name)
      }),
      { numRuns: 5000 },
    )
  })

  it('exist for each subject, which is restored from its name', () => {
    const segment = fc.string({ unit: fc.constantFrom(...'ab%%%25252EFA03?'), minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), (segments) => {
        const subject = parseSubject(segments.join('.'))
        expect(names.subjectOf(names.nameOf(subject))).toBe(subject)
        expect(names.nameOf(subject)).toBe(segments.map(names.literal).join(separator))
      }),
      { numRuns: 5000 },
    )
  })

  it('have the same number of segments as their subject', () => {
    const subject = Array(limits.subjectSegments).fill('%').join('.') as Subject
    expect(names.nameOf(subject).split(separator)).toHaveLength(limits.subjectSegments)
  })
})
