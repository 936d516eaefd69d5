import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterOf, intersectionOf } from './filter-of.js'

const names = ['a', 'b']
/** All subjects of up to 4 segments. */
const subjects = [1, 2, 3, 4].flatMap((length) =>
  Array.from({ length: names.length ** length }, (_, i) =>
    i.toString(2).padStart(length, '0').replaceAll('0', 'a').replaceAll('1', 'b').split('').join('.'),
  ),
)

/** Whether NATS brings a subject to a subscription. */
function brings(subscription: string, subject: string): boolean {
  const [wanted, given] = [subscription.split('.'), subject.split('.')]
  for (const [i, segment] of wanted.entries()) {
    if (segment === '>') return given.length > i
    if (given[i] === undefined || (segment !== '*' && segment !== given[i])) return false
  }
  return wanted.length === given.length
}

const subscriptions = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([segments, isOpen]) => [...segments, ...(isOpen ? ['>'] : [])].join('.'))
const anySubscription = fc.oneof(subscriptions, fc.constant('>'))

describe('the intersection of two subscriptions of NATS', () => {
  it('brings what both bring, and is absent if that is nothing', () => {
    fc.assert(
      fc.property(anySubscription, anySubscription, (one, other) => {
        const both = intersectionOf(one, other)
        const wanted = subjects.filter((subject) => brings(one, subject) && brings(other, subject))
        expect(both === undefined ? [] : subjects.filter((subject) => brings(both, subject))).toEqual(wanted)
        if (both !== undefined) expect(wanted).not.toEqual([])
        expect(intersectionOf(other, one)).toBe(both)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the filter of a consumer', () => {
  it.each([
    [['room.1.msg'], ['room.*.msg'], 'room.1.msg'],
    [['room.*.*'], ['*.1.msg'], 'room.1.msg'],
    [['>'], ['room.*.msg'], undefined],
    [['room.*.msg'], ['room.*.msg'], undefined],
    [['room', 'room.>'], ['room', 'room.>'], undefined],
    [['room.1'], ['room', 'room.>'], 'room.1'],
    [['a.b'], ['room.*'], undefined],
  ])('for %j in a stream of %j is %j', (wanted, stream, filter) => {
    expect(filterOf(wanted, stream)).toBe(filter)
  })
})
