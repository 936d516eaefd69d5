import { timingSafeEqual } from 'node:crypto'

/** Whether a page of this machine asks, from any of its ports. */
export function isLocalPage(origin: string | undefined): origin is string {
  return origin !== undefined && /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(origin)
}

/** Compares in constant time. */
export function isToken(given: string | null | undefined, token: string): boolean {
  const bytes = Buffer.from(given ?? '')
  return bytes.length === token.length && timingSafeEqual(bytes, Buffer.from(token))
}
