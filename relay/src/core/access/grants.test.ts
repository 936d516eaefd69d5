import { type ActionKind, parsePattern } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { Grants } from './grants.js'
import type { RuleSet } from './rules.js'

function verdict(rules: RuleSet, kind: ActionKind, subject: string, broker = 'main'): unknown {
  const grants = new Grants([{ name: 'role "viewer"', rules }], { user: 'ada' })
  const first = grants.decide({ kind, subject: parsePattern(subject), broker })
  expect(grants.decide({ kind, subject: parsePattern(subject), broker })).toBe(first)
  return first
}

const allowed = { allowed: true }

describe('grants', () => {
  it.each(['publish', 'subscribe', 'request', 'serve', 'presence'] as const)(
    'allow %s by a rule of its own',
    (kind) => {
      expect(verdict({ [kind]: ['room.*'] }, kind, 'room.1')).toEqual(allowed)
      expect(verdict({ [kind]: ['room.*'] }, kind, 'hall.1')).toMatchObject({ allowed: false })
      expect(verdict({}, kind, 'room.1')).toMatchObject({ allowed: false })
    },
  )

  it('refuse a subscription that is wider than a rule', () => {
    expect(verdict({ subscribe: ['room.{user}.*'] }, 'subscribe', 'room.ada.*')).toEqual(allowed)
    expect(verdict({ subscribe: ['room.{user}.*'] }, 'subscribe', 'room.*.*')).toEqual({
      allowed: false,
      why: 'no subscribe rule of role "viewer" covers it; add subscribe = ["main:room.*.*"]',
    })
  })

  it('refuse what has a subject in common with a denial, whatever else allows it', () => {
    const rules = { subscribe: ['**'], publish: ['**'], deny: { subscribe: ['room.secret.**'] } }
    expect(verdict(rules, 'subscribe', 'room.*')).toEqual({
      allowed: false,
      why: 'deny.subscribe "room.secret.**" of role "viewer" forbids it',
    })
    expect(verdict(rules, 'subscribe', 'room.open')).toEqual(allowed)
    expect(verdict(rules, 'publish', 'room.secret')).toEqual(allowed)
  })

  it.each([
    [
      'team.red',
      'publish "team.{claim.team}" of role "viewer" allows nothing: the client has no claim "team" that is ' +
        'text or a whole number; add it to the token (with can-i: --claim team=…)',
    ],
    ['hall.red.>', 'no publish rule of role "viewer" covers it; add publish = ["main:hall.red.>"]'],
  ])('name the value that a rule for %s needs, if that is why it is refused', (subject, why) => {
    const rules = { publish: ['other:hall.{claim.team}.**', 'team.{claim.team}'] }
    expect(verdict(rules, 'publish', subject)).toEqual({ allowed: false, why })
  })

  it('name the user that a rule needs', () => {
    const grants = new Grants([{ name: 'role "guest"', rules: { publish: ['room.{user}'] } }], {})
    expect(grants.decide({ kind: 'publish', subject: parsePattern('room.ada'), broker: 'main' })).toMatchObject({
      why: expect.stringContaining('has no user name; sign in as a user'),
    })
  })

  it('hold on the broker that a rule names', () => {
    expect(verdict({ publish: ['main:a'] }, 'publish', 'a')).toEqual(allowed)
    expect(verdict({ publish: ['main:a'] }, 'publish', 'a', 'nats')).toMatchObject({ allowed: false })
    expect(verdict({ publish: ['a'], deny: { publish: ['nats:a'] } }, 'publish', 'a')).toEqual(allowed)
  })

  it('reach no reserved subject by a wildcard at the beginning', () => {
    expect(verdict({ subscribe: ['**'] }, 'subscribe', '$relay.load')).toMatchObject({ allowed: false })
    expect(verdict({ subscribe: ['$relay.*'] }, 'subscribe', '$relay.load')).toEqual(allowed)
  })

  it('of several sources: each may allow, and each may deny', () => {
    const sources = [
      { name: 'role "viewer"', rules: { publish: ['a'], deny: { publish: ['b'] } } },
      { name: 'the claim "wildcast"', rules: { publish: ['b', 'c'] } },
    ]
    const grants = new Grants(sources, {})
    const may = (subject: string): boolean =>
      grants.decide({ kind: 'publish', subject: parsePattern(subject), broker: 'main' }).allowed
    expect({ a: may('a'), b: may('b'), c: may('c') }).toEqual({ a: true, b: false, c: true })
  })

  it('remember a bounded number of verdicts', () => {
    const grants = new Grants([{ name: 'role "viewer"', rules: { publish: ['a.*'] } }], {})
    for (let i = 0; i < 5000; i++) {
      const action = { kind: 'publish', subject: parsePattern(`a.${i}`), broker: 'main' } as const
      expect(grants.decide(action).allowed).toBe(true)
    }
  })
})
