import { limits, matches, type Pattern, parseSubject } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foreignNames } from './foreign-names.js'
import { patternOfFilter, subjectOfTopic, topicOfSubject } from './mqtt-topics.js'

const levels = (count: number): string => Array(count).fill('a').join('/')

/** Whether a topic matches a filter by MQTT 5, 4.7: level by level. */
function matchesByLevels(filter: string, topic: string): boolean {
  if (topic[0] === '$' && /^[+#]/.test(filter)) return false
  const ofTopic = topic.split('/')
  const ofFilter = filter.split('/')
  const many = ofFilter.at(-1) === '#'
  const fixed = many ? ofFilter.slice(0, -1) : ofFilter
  if (many ? ofTopic.length < fixed.length : ofTopic.length !== fixed.length) return false
  return fixed.every((level, i) => level === '+' || level === ofTopic[i])
}

function isMatch(filter: string, topic: string): boolean {
  return matches(patternOfFilter(filter) as Pattern, parseSubject(subjectOfTopic(topic) ?? ''))
}

describe('a topic', () => {
  it.each([
    ['app/topic/name', 'app.topic.name'],
    ['a.b/c', 'a%2Eb.c'],
    ['/foo', '%.foo'],
    ['foo/', 'foo.%'],
    ['a//b', 'a.%.b'],
    ['/', '%.%'],
    ['%/a', '%25.a'],
    ['my room/1', 'my%20room.1'],
    ['a>/*', 'a%3E.%2A'],
    ['$SYS/x', '$SYS.x'],
    [levels(201), levels(201).replaceAll('/', '.')],
  ])('%s is the subject %s, which is this topic', (topic, subject) => {
    expect(subjectOfTopic(topic)).toBe(subject)
    expect(topicOfSubject(parseSubject(subject))).toBe(topic)
  })

  it.each([
    '',
    'a/+',
    '#',
    'a\tb',
    'a\0',
    'a\ud800',
    levels(202),
    '/'.repeat(65_535),
    'x'.repeat(limits.subjectBytes + 1),
  ])('has no subject if it is %j', (topic) => {
    expect(subjectOfTopic(topic)).toBeUndefined()
  })

  it.each(['%', 'a\uffff'])('does not exist for the subject %j', (subject) => {
    expect(topicOfSubject(parseSubject(subject))).toBeUndefined()
  })

  it('is the same over every broker', () => {
    const brokers = [
      foreignNames({ separator: '.', escaped: '/+#' }),
      foreignNames({ separator: '.', escaped: '/+#*> ' }),
      foreignNames({ separator: '/', escaped: '. *>', emptySegments: true }),
    ]
    const topic = fc.string({ unit: fc.constantFrom(...'ab%%%25252EF0. *>/2'), minLength: 1, maxLength: 16 })
    fc.assert(
      fc.property(topic, (name) => {
        const subject = subjectOfTopic(name)
        if (subject === undefined) throw new Error(`no subject for ${name}`)
        for (const { nameOf, subjectOf } of brokers) {
          const arrived = subjectOf(nameOf(subject))
          expect(arrived && topicOfSubject(arrived)).toBe(name)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a filter', () => {
  it.each([
    ['a/+', 'a.*'],
    ['a/#', 'a.**'],
    ['#', '**'],
    ['+', '*'],
    ['+/+', '*.*'],
    ['/#', '%.**'],
    ['a.b/+', 'a%2Eb.*'],
    ['$SYS/#', '$SYS.**'],
    ['+/#', '*.**'],
  ])('%s is the pattern %s', (filter, pattern) => {
    expect(patternOfFilter(filter)).toBe(pattern)
  })

  it.each(['', 'a#', '#/a', 'a/#/b', 'a+', '+a/b', 'a\0', levels(202), '/'.repeat(65_535)])(
    'has no pattern if it is %j',
    (filter) => {
      expect(patternOfFilter(filter)).toBeUndefined()
    },
  )

  it.each([
    ['test/#', 'test', true],
    ['test/#', 'test/', true],
    ['/#', '/', true],
    ['/#', 'test', false],
    ['+/#', 'test', true],
    ['foo/+/#', 'foo', false],
    ['foo/+/#', 'foo/bar', true],
    ['+/test/#', 'test/foo/test', false],
    ['#', 'test/test/test', true],
    ['+/+', '/foo', true],
    ['+', '/foo', false],
    ['a/b/c', 'a.b/c', false],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
  ])('%s matches the topic %s: %s', (filter, topic, expected) => {
    expect(isMatch(filter, topic)).toBe(expected)
    expect(matchesByLevels(filter, topic)).toBe(expected)
  })

  it('matches as MQTT states it', () => {
    const level = fc.constantFrom('', 'a', 'b', '%', '%25', 'a.b', '$x', '%2E')
    const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((all) => all.join('/'))
    const fixed = fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 })
    const filters = fc.tuple(fixed, fc.boolean()).map(([all, many]) => [...all, ...(many ? ['#'] : [])].join('/'))
    fc.assert(
      fc.property(filters, topics, (filter, topic) => {
        fc.pre(filter !== '' && topic !== '')
        expect(isMatch(filter, topic)).toBe(matchesByLevels(filter, topic))
      }),
      { numRuns: 5000 },
    )
  })
})
