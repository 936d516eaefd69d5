import * as v from 'valibot'
import type { Reads } from './table.js'
import { text } from './values.js'

/**
 * A URL with a host and one of these schemes. It is never shown, since it may contain a password.
 */
export function url(schemes: readonly string[], example: string): Reads<string> {
  return v.pipe(
    text,
    v.check(
      (value) => schemes.includes(schemeOf(value) ?? '') && isUrl(value),
      ({ input }) => faultOf(input, schemes, example),
    ),
  )
}

/** A NATS server, with or without a scheme and a port. */
export const natsAddress: Reads<string> = v.pipe(
  text,
  v.check(
    (value) => /^(?:nats|tls)$/.test(schemeOf(value) ?? 'nats') && isUrl(schemeOf(value) ? value : `nats://${value}`),
    ({ input }) => faultOf(input, ['nats', 'tls'], 'nats://localhost:4222'),
  ),
  v.check(isPercentEncoded, '{it} has a "%" that begins no escape; write "%25" for it, or log in with "auth"'),
)

export const hostAndPort: Reads<string> = v.pipe(
  text,
  v.check(
    (value) => /^(?:\[[\da-f:.]+\]|[^\s:/@]+):\d+$/i.test(value) && isUrl(`x://${value}`),
    '{it} must be a host and a port, such as "localhost:7000"',
  ),
)

function schemeOf(address: string): string | undefined {
  return /^([a-z][a-z\d+.-]{0,30}):\/\//i.exec(address)?.[1]?.toLowerCase()
}

function isUrl(address: string): boolean {
  return URL.canParse(address) && new URL(address).hostname !== ''
}

function isPercentEncoded(address: string): boolean {
  try {
    decodeURIComponent(address)
    return true
  } catch {
    return false
  }
}

function faultOf(address: string, schemes: readonly string[], example: string): string {
  const scheme = schemeOf(address)
  if (scheme === undefined || schemes.includes(scheme)) return `{it} must be a URL such as "${example}"`
  const allowed = schemes.map((name) => `${name}://`).join(', ')
  return `{it} begins with "${scheme}://"; allowed: ${allowed}, such as "${example}"`
}
