import { SignJWT } from 'jose'
import type { Clock } from '../core/clock.js'
import type { JwtSettings } from './settings.js'

/** The claims of a token to sign. */
export interface TokenClaims {
  readonly user: string
  /** For how long it is valid, in milliseconds. */
  readonly validMs: number
  /** Further claims. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Signs a token for development, with the secret that the relay checks tokens with.
 * @throws {TypeError} if the relay has no such secret
 */
export async function signToken(
  jwt: JwtSettings | undefined,
  { user, validMs, claims }: TokenClaims,
  clock: Clock,
): Promise<string> {
  const secret = Buffer.from(secretOf(jwt))
  const now = Math.floor(clock.wall() / 1000)
  const token = new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(user)
    .setIssuedAt(now)
    .setExpirationTime(now + Math.ceil(validMs / 1000))
  if (jwt?.issuer !== undefined) token.setIssuer(jwt.issuer)
  if (jwt?.audience !== undefined) token.setAudience(jwt.audience)
  return token.sign(secret)
}

function secretOf(jwt: JwtSettings | undefined): string {
  if (!jwt) throw new TypeError('[auth.jwt] is missing; add it, with a secret of 32 bytes or more as "key"')
  const remedy = 'let your identity provider sign tokens, or use a secret as "key" for development'
  if (jwt.jwks) throw new TypeError(`"jwks" in [auth.jwt] has public keys, which can't sign; ${remedy}`)
  if (jwt.key === undefined || jwt.key.includes('-----BEGIN'))
    throw new TypeError(`"key" in [auth.jwt] is a public key, which can't sign; ${remedy}`)
  return jwt.key
}
