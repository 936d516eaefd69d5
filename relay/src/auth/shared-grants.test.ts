import { parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { identityOfPerson } from './identities.js'

const roles = {
  viewer: { subscribe: ['news.*'], deny: { subscribe: ['news.secret'] } },
  member: { publish: ['room.{user}.*'] },
  careful: { publish: ['**'], deny: { publish: ['team.{claim.team}'] } },
}
const claim = 'the claim "wildcast"'

const mayPublish = (identity: ReturnType<typeof identityOfPerson>, subject: string): boolean =>
  identity.grants?.decide({ kind: 'publish', subject: parseSubject(subject), broker: 'main' }).allowed ?? true

it('users of a role share its grants if no rule depends on the user', () => {
  const rules = { name: claim, rules: {} }
  const [ada, bob] = ['ada', 'bob'].map((user) => identityOfPerson({ user, role: 'viewer', rules }, roles))
  expect(ada?.grants).toBe(bob?.grants)
  expect(identityOfPerson({ role: 'viewer' }, roles).grants).not.toBe(ada?.grants) // the sources have other names
})

it.each(['member', 'careful'])('users of the role %s, which depends on the user, share nothing', (role) => {
  const [ada, bob] = ['ada', 'bob'].map((user) => identityOfPerson({ user, role }, roles))
  expect(ada?.grants).not.toBe(bob?.grants)
})

it('a client with rules of its own shares nothing', () => {
  const rules = { name: claim, rules: { publish: ['mine'] } }
  const ada = identityOfPerson({ user: 'ada', role: 'viewer', rules }, roles)
  const bob = identityOfPerson({ user: 'bob', role: 'viewer', rules: { name: claim, rules: {} } }, roles)
  expect({ ada: mayPublish(ada, 'mine'), bob: mayPublish(bob, 'mine') }).toEqual({ ada: true, bob: false })
})
