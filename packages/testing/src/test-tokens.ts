import { refusal } from '@wildcast/protocol'
import { type Authenticate, type Clock, faultOfRule, Grants, type Identity, type RuleSet } from '@wildcast/relay/core'

/** A user of a test: with what `publish`, `subscribe` … allow, and nothing else. */
export interface TestIdentity extends RuleSet {
  /** The name, for `{user}` in rules. @default an anonymous client */
  readonly user?: string | undefined
  readonly role?: string | undefined
  /** Values for `{claim.name}` in rules. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** How long the token holds after it was shown first, in milliseconds. @default for ever */
  readonly expiresInMs?: number | undefined
}

/** The users of a test relay, and their rules. */
export interface TestAuth {
  /** Users by their tokens. */
  readonly tokens?: Readonly<Record<string, TestIdentity>> | undefined
  /** The rules of clients without a token. @default they are refused with `unauthorized` */
  readonly anonymous?: RuleSet | undefined
}

/** The tokens of a test relay. */
export interface TestTokens {
  readonly authenticate: Authenticate
  /**
   * The token no longer holds. Returns whether an identity is of that token.
   * @throws {RangeError} if there is no such token
   */
  expire(token: string): (identity: Identity) => boolean
}

/**
 * Opens the tokens of a test relay.
 * @throws {RangeError} if a rule is invalid
 */
export function testTokens({ tokens = {}, anonymous }: TestAuth, clock: Clock): TestTokens {
  for (const [token, identity] of Object.entries(tokens)) checkRules(`the token "${token}"`, identity)
  checkRules('anonymous clients', anonymous ?? {})
  const identities = new Map<string, Identity>()
  const expired = new Set<string>()

  function identityOf(token: string, { user, role, claims = {}, expiresInMs, ...rules }: TestIdentity): Identity {
    const known = identities.get(token)
    if (known) return known
    const expiresAt = expiresInMs === undefined ? undefined : clock.wall() + expiresInMs
    const grants = new Grants([{ name: `the token "${token}"`, rules }], { user, claims })
    const identity = { user, role, claims, grants, expiresAt }
    identities.set(token, identity)
    return identity
  }

  return {
    async authenticate({ token }) {
      if (token === undefined && anonymous)
        return { claims: {}, grants: new Grants([{ name: 'anonymous clients', rules: anonymous }], {}) }
      const found = token !== undefined && Object.hasOwn(tokens, token) ? tokens[token] : undefined
      if (token === undefined || !found) throw refusal('unauthorized', 'these credentials are not valid')
      const identity = identityOf(token, found)
      const isOver = identity.expiresAt !== undefined && identity.expiresAt <= clock.wall()
      if (isOver || expired.has(token)) throw refusal('token_expired', 'the token has expired')
      return identity
    },
    expire(token) {
      if (!Object.hasOwn(tokens, token))
        throw new RangeError(`"auth" has no token "${token}": there are ${Object.keys(tokens).join(', ') || 'none'}`)
      expired.add(token)
      const identity = identities.get(token)
      return (other) => other === identity
    },
  }
}

/** @throws {RangeError} if a rule is invalid, since it would allow and deny nothing */
function checkRules(name: string, { publish, subscribe, request, serve, presence, deny = {} }: RuleSet): void {
  const lists = [publish, subscribe, request, serve, presence, ...Object.values(deny)]
  for (const text of lists.flatMap((list) => list ?? [])) {
    const fault = faultOfRule(text)
    if (fault !== undefined) throw new RangeError(`the rule "${text}" of ${name} is not valid: ${fault}`)
  }
}
