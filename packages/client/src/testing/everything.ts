import type { TestAuth, TestIdentity } from '@wildcast/testing'

const all = { publish: ['**'], subscribe: ['**'], request: ['**'], serve: ['**'], presence: ['**'] }
const userOf = (user: string): TestIdentity => ({ user, ...all })

/** Ada, Bob, Eve and all without a token may do everything. Their tokens are their names. */
export const everything: TestAuth = {
  tokens: { ada: userOf('ada'), bob: userOf('bob'), eve: userOf('eve') },
  anonymous: all,
}
