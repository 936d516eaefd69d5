import { createPublicKey, type KeyObject } from 'node:crypto'
import { WildcastError } from '@wildcast/protocol'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Clock } from '../core/clock.js'
import { expiredToken, unauthorized, unavailable } from './refusals.js'
import { remoteKeys } from './remote-keys.js'
import { type JwtSettings, usualLeewayMs } from './settings.js'

/** The claims of a valid token. */
export type Claims = Readonly<JWTPayload>

/** Longer ones are refused unread: a token of many permissions has some thousand characters. */
const longestToken = 16 * 1024

/** Bytes that a secret must have at least: as many as the hash. RFC 7518, 3.2. */
const shortestSecret = 32

/**
 * By the kind of a public key, so that it can't be used as a secret. RFC 8725, 3.1.
 */
const algorithmsOfKey: Readonly<Record<string, readonly string[]>> = {
  rsa: ['RS256', 'PS256'],
  'rsa-pss': ['PS256'],
  ec: ['ES256'],
  ed25519: ['EdDSA', 'Ed25519'],
}

const algorithmsOfSets = Object.values(algorithmsOfKey).flat()

interface Keys {
  readonly key: Uint8Array | KeyObject | JWTVerifyGetKey
  readonly algorithms: readonly string[]
}

/**
 * Opens a verifier of JSON Web Tokens. It rejects with `unauthorized` in the same words whatever is
 * wrong, `token_expired`, or `internal` if a key set can't be fetched.
 * @throws {TypeError} if the key or key set is not valid
 */
export function jwtVerifier(settings: JwtSettings, { clock }: { readonly clock: Clock }) {
  const { key, algorithms } = keysOf(settings, clock)
  const { issuer, audience, leewayMs = usualLeewayMs } = settings
  return async (token: string): Promise<Claims> => {
    if (token.length > longestToken) throw unauthorized('the token is too long')
    const options = {
      algorithms: [...algorithms],
      clockTolerance: leewayMs / 1000,
      currentDate: new Date(clock.wall()),
      requiredClaims: ['exp', 'sub'],
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
    }
    try {
      const { payload } =
        typeof key === 'function' ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options)
      return payload
    } catch (cause) {
      throw refusalOf(cause)
    }
  }
}

/** @throws {TypeError} if the key can't be used */
function keysOf({ key, jwks }: JwtSettings, clock: Clock): Keys {
  if (jwks && 'url' in jwks) return { key: remoteKeys(jwks.url, clock), algorithms: algorithmsOfSets }
  if (jwks) return { key: createLocalJWKSet(keySetOf(jwks.text)), algorithms: algorithmsOfSets }
  if (key === undefined) throw new TypeError('a key or a key set is missing; give "key" or "jwks"')
  return key.includes('-----BEGIN') ? publicKeyOf(key) : { key: secretOf(key), algorithms: ['HS256'] }
}

function publicKeyOf(pem: string): Keys {
  if (pem.includes('PRIVATE KEY')) throw new TypeError('the key is a private key; give the public key')
  let key: KeyObject
  try {
    key = createPublicKey(pem)
  } catch {
    throw new TypeError('the key is not a public key in PEM')
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = key
  const algorithms = algorithmsOfKey[asymmetricKeyType ?? '']
  if (!algorithms || (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve !== 'prime256v1'))
    throw new TypeError('the key is of another kind; give one of RSA, P-256 or Ed25519')
  if ((asymmetricKeyDetails?.modulusLength ?? 2048) < 2048)
    throw new TypeError('the RSA key is too short; give one of 2,048 bits or more')
  return { key, algorithms }
}

function secretOf(text: string): Uint8Array {
  const secret = Buffer.from(text)
  if (secret.length < shortestSecret)
    throw new TypeError(
      `the secret is too short; give ${shortestSecret} random bytes or more, such as of "openssl rand -base64 32"`,
    )
  return secret
}

function keySetOf(text: string): JSONWebKeySet {
  let set: unknown
  try {
    set = JSON.parse(text)
  } catch {
    throw new TypeError('the key set is not JSON')
  }
  if (!isKeySet(set)) throw new TypeError('the key set has no list "keys" of keys with "kty"')
  if (set.keys.some(({ kty, d }) => kty === 'oct' || d !== undefined))
    throw new TypeError('the key set has a secret or private key; give the public keys alone')
  return set
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) return false
  return value.keys.every((one: unknown) => typeof one === 'object' && one !== null && 'kty' in one)
}

/** By the code of the library, for the log. */
const faults: Readonly<Record<string, string>> = {
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature of the token does not fit the configured key',
  ERR_JWS_INVALID: 'the token is not a signed JSON Web Token',
  ERR_JWT_INVALID: 'the claims of the token are not a JSON object with valid times',
  ERR_JOSE_ALG_NOT_ALLOWED: 'the algorithm in the header of the token does not fit the configured key',
  ERR_JOSE_NOT_SUPPORTED: 'the header of the token demands a feature that the relay does not support',
  ERR_JWKS_NO_MATCHING_KEY: 'the key set has no key that fits the header of the token',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'the key set has several keys that fit the token; give each a "kid"',
}

function refusalOf(cause: unknown): WildcastError {
  if (cause instanceof WildcastError) return cause
  if (cause instanceof errors.JWTExpired) return expiredToken()
  if (cause instanceof errors.JWTClaimValidationFailed)
    return unauthorized(`the claim "${cause.claim}" is ${cause.reason === 'missing' ? 'missing' : 'not as configured'}`)
  if (cause instanceof errors.JOSEError)
    return unauthorized(faults[cause.code] ?? `the token is not valid (${cause.code})`)
  return unavailable(cause instanceof Error ? cause.message : 'the token could not be checked')
}
