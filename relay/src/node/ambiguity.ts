import type { IncomingMessage } from 'node:http'

/**
 * Node keeps 2,000 headers of a request and silently drops the others: with half as many, none is
 * missing.
 */
const mostHeaders = 1000

/** Why a request is refused unread. */
export interface Refusal {
  readonly status: 400 | 426 | 431
  readonly why: string
  readonly headers?: readonly string[]
}

/**
 * Returns why a request may mean something else here than to a proxy before the relay, or undefined
 * if it is unambiguous. A header such as the origin may be missing, or the path may change: parsers
 * of URLs resolve dots and drop what follows a `#` (RFC 3986), as browsers do before they send it.
 */
export function ambiguityOf({ rawHeaders, url = '' }: IncomingMessage): Refusal | undefined {
  if (rawHeaders.length > 2 * mostHeaders)
    return { status: 431, why: `too_large: there are more than ${mostHeaders} headers; send fewer` }
  // RFC 9112, 3.2. Node keeps the first one and drops the others.
  if (rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length > 1)
    return { status: 400, why: 'invalid_frame: there are two Host headers; send one' }
  const target = /^(?:https?:\/\/[^/?#@]+)?(?<path>\/[^?]*)?(?:\?.*)?$/is.exec(url)
  if (!target) return { status: 400, why: 'invalid_frame: ask for a path, or for a URL without credentials' }
  if (/#|\/(?:\.|%2e){1,2}(?:\/|$)/i.test(target.groups?.path ?? ''))
    return {
      status: 400,
      why: 'invalid_subject: the path has a segment of dots, or a "#"; send the path that it resolves to',
    }
  return undefined
}
