import { nkeys } from 'nats'

/** Returns the public key of the user with this seed, or undefined if the seed is not a user's. */
export function userOfSeed(text: string): string | undefined {
  try {
    const user = nkeys.fromSeed(new TextEncoder().encode(text)).getPublicKey()
    return user.startsWith('U') ? user : undefined
  } catch {
    return undefined // the caller reports the fault
  }
}

/** Returns the user of a JWT, or undefined if the text is not a JWT. */
export function userOfJwt(text: string): string | undefined {
  const [, claims = '', signature] = text.split('.')
  if (signature === undefined) return undefined
  try {
    const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { readonly sub?: unknown }
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined // the caller reports the fault
  }
}
