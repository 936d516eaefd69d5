import { describe, expect, it } from 'vitest'
import { denialFor, faultOfRule, ruleFor } from './rules.js'

const ada = { user: 'ada', claims: { team: 'red', level: 3, list: ['a'] } }

describe('a rule', () => {
  it.each([
    ['room.*', { broker: undefined, pattern: 'room.*' }],
    ['main:room.{user}.>', { broker: 'main', pattern: 'room.ada.*.**' }],
    ['*:urn:x.a', { broker: undefined, pattern: 'urn:x.a' }],
    ['{claim.team}.{claim.level}', { broker: undefined, pattern: 'red.3' }],
  ])('%s is filled with the values of the identity', (text, rule) => {
    expect(ruleFor(text, ada)).toEqual({ text, ...rule })
  })

  it.each(['*', '**', 'a.b', '>', '$sys', ''])('gains nothing from a user with the name "%s"', (user) => {
    const pattern = ruleFor('{user}.room.{user}', { user })?.pattern
    expect(pattern ?? '').not.toMatch(/\*|>|^\$/)
    expect(pattern?.split('.').length ?? 3).toBe(3)
  })

  it.each(['{user}', '{claim.none}', '{claim.list}', '{claim.toString}'])(
    '%s grants nothing without a value',
    (text) => {
      expect(ruleFor(text, { claims: { list: [] } })).toBeUndefined()
    },
  )

  it('denies every value if the identity has none', () => {
    expect(denialFor('room.{claim.team}', {}).pattern).toBe('room.*')
    expect(denialFor('room.{claim.team}', ada).pattern).toBe('room.red')
  })
})

describe('a rule of a configuration', () => {
  it.each(['a', 'main:a.*', '*:a:b', '{user}', 'a.{claim.team}.**'])('%s is valid', (text) => {
    expect(faultOfRule(text, ['main'])).toBeUndefined()
  })

  it.each([
    ['other:a', 'it names the broker "other"; there are: main; a subject with a colon is "*:other:a"'],
    ['a.{name}', 'it has {name}; allowed: {user} and {claim.name}'],
    ['a.x{user}', 'it has a placeholder that is part of a segment; a placeholder stands alone between dots'],
    ['a..b', 'it is not a valid subject pattern, such as "room.*" or "main:room.{user}.**"'],
    ['', 'it is not a valid subject pattern, such as "room.*" or "main:room.{user}.**"'],
  ])('%s is refused with the remedy', (text, fault) => {
    expect(faultOfRule(text, ['main'])).toBe(fault)
  })
})
