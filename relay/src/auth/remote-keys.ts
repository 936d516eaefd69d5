import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../core/clock.js'
import { unavailable } from './refusals.js'

/** How long a key set that can't be fetched is not asked for again, in milliseconds. */
const quietMs = 5000

/**
 * The keys of a URL. They are kept for ten minutes; a key that is not among them is looked for once
 * in 30 seconds; one fetch at a time. While the set can't be fetched, tokens of other keys than the
 * kept ones are denied at once.
 * @throws {TypeError} if the URL is not one of HTTPS, or of HTTP on this machine
 */
export function remoteKeys(url: string, clock: Clock): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(checkedUrl(url), { timeoutDuration: 5000 })
  let failed: { readonly until: number; readonly reason: string } | undefined
  return async (header, token) => {
    if (failed && clock.now() < failed.until) {
      const { reason } = failed
      const kept = keys.fresh ? keys.jwks() : undefined
      if (!kept) throw unavailable(reason)
      return createLocalJWKSet(kept)(header, token).catch(() => {
        throw unavailable(reason)
      })
    }
    try {
      const key = await keys(header, token)
      failed = undefined
      return key
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause
      const reason = `the key set of ${new URL(url).origin} can not be fetched: ${textOf(cause)}`
      failed = { until: clock.now() + quietMs, reason }
      throw unavailable(reason)
    }
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unknown'
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLocal = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1' || url?.hostname === '[::1]'
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal)) return url
  throw new TypeError('the URL of the key set must begin with https:// (http:// is for this machine)')
}
