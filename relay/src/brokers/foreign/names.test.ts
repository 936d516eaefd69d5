import { parseSubject } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ForeignNames, foreignNames } from './names.js'

const mqtt = foreignNames({ separator: '/', escaped: '. *>', emptySegments: true })
const redis = foreignNames({ separator: '.', escaped: '/+#*> ' })

describe('a foreign name', () => {
  it.each<[string, ForeignNames, string, string]>([
    ['plain', mqtt, 'good/apple', 'good.apple'],
    ['a dot inside an MQTT level', mqtt, 'a.b/c', 'a%2Eb.c'],
    ['a space inside an MQTT level', mqtt, 'a b', 'a%20b'],
    ['empty MQTT levels', mqtt, '/a//', '%.a.%.%'],
    ['an MQTT level that is "%"', mqtt, '%', '%25'],
    ['what looks like an escape', mqtt, 'a%2Eb', 'a%252Eb'],
    ['a percent sign before no hex digits', mqtt, '100%', '100%'],
    ['a slash in a Redis channel', redis, 'a/b.c', 'a%2Fb.c'],
    ['glob characters that subjects may hold', redis, 'a?[b]\\', 'a?[b]\\'],
  ])('with %s is a subject, and back', (_, names, name, subject) => {
    expect([names.subjectOf(name), names.nameOf(parseSubject(subject))]).toEqual([subject, name])
  })

  it.each<[string, ForeignNames, string]>([
    ['an empty segment where there may be none', redis, 'a..b'],
    ['a control character', mqtt, 'a\u0001b'],
    ['a tab', redis, 'a\tb'],
    ['more than 255 bytes', mqtt, 'x'.repeat(256)],
    ['escapes that make it longer than 255 bytes', mqtt, '.'.repeat(100)],
  ])('with %s fits no subject', (_, names, name) => {
    expect(names.subjectOf(name)).toBeUndefined()
  })

  it.each([
    ['a character that needs no escape', 'a%41'],
    ["the broker's own separator", 'a%2Fb'],
    ['a control character', 'a%0Ab'],
    ['a wildcard that its names may not hold', 'a%23'],
    ['a second spelling in small letters', 'a%2eb'],
    ['a percent sign that needs none', 'a%25'],
    ['a reserved first segment', '%24SYS.x'],
  ])('is refused where a subject escapes %s', (_, subject) => {
    expect(() => mqtt.nameOf(parseSubject(subject))).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
  })

  it('never shares its subject with another, and always comes back from it', () => {
    const character = fc.constantFrom(...'ab%25EF. *>/+#2')
    for (const names of [mqtt, redis])
      fc.assert(
        fc.property(fc.string({ unit: character, maxLength: 12 }), (name) => {
          const subject = names.subjectOf(name)
          if (subject !== undefined) expect(names.nameOf(subject)).toBe(name)
        }),
        { numRuns: 5000 },
      )
  })
})
