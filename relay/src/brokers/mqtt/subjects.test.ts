import { matches, type Pattern, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mqttTopics } from '../../names/mqtt-topics.js'
import { overlap } from './filters.js'
import { coverOf, isExactFor, respondersShare, shareName, topicOf } from './subjects.js'

const refusedWith = (code: string): unknown => expect.objectContaining({ code })

describe('the topic of a subject', () => {
  it.each([
    ['good.apple', 'good/apple'],
    ['a%2Eb.c', 'a.b/c'],
    ['%.a.%', '/a/'],
    ['_reply.x', '_reply/x'],
    ['100%.ü', '100%/ü'],
    ['a%2Fb.%41', 'a%2Fb/%41'],
    ['%24SYS.x', '%24SYS/x'],
    [Array(200).fill('a').join('.'), Array(200).fill('a').join('/')],
  ])('of %s is %s', (subject, topic) => {
    expect(topicOf(parseSubject(subject))).toBe(topic)
    expect(mqttTopics.subjectOf(topic)).toBe(subject)
  })

  it.each([
    'a.#',
    'a.+',
    'a/b',
    '#',
    '+',
    'a.*',
    '**',
    'a.>',
    'a b',
    'a\0b',
    'a\nb',
    'a..b',
    '.a',
    'a.',
    '',
    '%',
    Array(201).fill('a').join('.'),
    'a\uffff',
    'a\ufdd0',
    'a\u{1fffe}',
    'a\ud800',
  ])('is refused for %j', (text) => {
    expect(() => topicOf(text as Subject)).toThrow(refusedWith('invalid_subject'))
  })

  it.each(['$SYS.broker', '$share.g.a'])('is refused for a topic of the server: %s', (text) => {
    expect(() => topicOf(text as Subject)).toThrow(refusedWith('forbidden'))
    expect(() => coverOf(text as Pattern)).toThrow(refusedWith('forbidden'))
  })

  it.each(['a/\0', 'a\tb', 'x'.repeat(1025)])('does not exist for the topic %j', (topic) => {
    expect(mqttTopics.subjectOf(topic)).toBeUndefined()
  })
})

describe('the filter of a pattern', () => {
  it.each([
    ['good.apple', 'good/apple', true],
    ['good.*', 'good/+', true],
    ['a.**', 'a/#', true],
    ['a.>', 'a/+/#', true],
    ['a.**.b', 'a/#', false],
    ['a.*.**.b', 'a/+/#', false],
    ['*', '+', false],
    ['*.b', '+/b', false],
    ['**', '#', false],
    ['**.b', '#', false],
    ['a%2Eb.*', 'a.b/+', true],
    ['%.*', '/+', true],
  ])('%s is %s', (text, filter, exact) => {
    const pattern = parsePattern(text)
    const cover = coverOf(pattern)
    expect({ filter: cover.filter, exact: isExactFor(pattern, cover) }).toEqual({ filter, exact })
  })

  it.each(['a.#', 'a.+', 'a/b', 'a.\0', '%', `${'a.'.repeat(200)}*`, 'a.\uffff'])('is refused for %j', (text) => {
    expect(() => coverOf(text as Pattern)).toThrow(refusedWith('invalid_subject'))
  })

  it('covers each subject of its pattern, and no others if it is exact', () => {
    const word = fc.constantFrom('a', 'b', 'a%2Eb', '%', 'request')
    const patterns = fc.array(fc.oneof(word, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 5 })
    const subjects = fc.array(word, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(patterns, subjects, (p, s) => {
        fc.pre(p.filter((segment) => segment === '**').length <= 2)
        const [pattern, subject] = [parsePattern(p.join('.')), parseSubject(s.join('.'))]
        fc.pre(pattern !== '%' && subject !== '%')
        const cover = coverOf(pattern)
        const isMatch = overlap(cover.filter, topicOf(subject))
        if (matches(pattern, subject)) expect(isMatch).toBe(true)
        if (isExactFor(pattern, cover)) expect(isMatch).toBe(matches(pattern, subject))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a share', () => {
  const nameOf = (group: string, text: string): string => {
    const pattern = parsePattern(text)
    return shareName(group, pattern, coverOf(pattern))
  }

  it('has the name of the group if its filter is not wider than the pattern, so that other clients can join', () => {
    expect([nameOf('workers', 'job.*'), nameOf('workers', '*.job'), nameOf('workers', '**')]).toEqual(
      Array(3).fill('workers'),
    )
  })

  it('has another name if groups of other patterns have the same filter', () => {
    const names = ['a.**', 'a.**.b', 'a.**.c'].map((pattern) => nameOf('workers', pattern))
    expect(names).toEqual(['workers', 'workers>a.**.b', 'workers>a.**.c'])
  })

  it('of a group is never that of responders', () => {
    expect(() => parseSubject(respondersShare)).toThrow()
  })

  it.each(['a/b', 'a+', '#', '', 'a\0', 'a\uffff'])('is refused for the group %j', (group) => {
    expect(() => nameOf(group, 'job')).toThrow(refusedWith('invalid_subject'))
  })
})
