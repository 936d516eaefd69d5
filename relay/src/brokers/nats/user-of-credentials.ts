import { nkeys } from 'nats'

/** The public key of a user, by its seed; undefined if that is not the seed of a user. */
export function userOfSeed(text: string): string | undefined {
  try {
    const user = nkeys.fromSeed(new TextEncoder().encode(text)).getPublicKey()
    return user.startsWith('U') ? user : undefined
  } catch {
    return undefined // the caller says what is wrong with it
  }
}

/** The user that a JWT is for; undefined if it is not a JWT. */
export function userOfJwt(text: string): string | undefined {
  const [, claims = '', signature] = text.split('.')
  if (signature === undefined) return undefined
  try {
    const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly sub?: unknown }
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined // the caller says what is wrong with it
  }
}
