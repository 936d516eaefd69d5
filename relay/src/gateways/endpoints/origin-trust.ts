import type { IncomingMessage } from 'node:http'
import { type Peer, peerOf } from './peer.js'

/** The origin `"*"` in a list: every origin. */
export const everyOrigin = '*'

/**
 * How far a request's page is trusted. `full`: it is of the relay's own origin or of a listed one,
 * or the client is no browser. `anonymous`: the browser's own proofs of identity, such as cookies,
 * do not count. `none`: the page may not use the relay.
 */
export type Trust = 'full' | 'anonymous' | 'none'

/** Returns whether a text is an origin as browsers write it: without a path or a default port. */
export function isOrigin(text: string): boolean {
  return text === 'null' || (URL.canParse(text) && new URL(text).origin === text)
}

/**
 * Decides on the page of a request. Without a list, pages of the relay's own origin are trusted,
 * and on a loopback host those of every loopback origin.
 */
export function trustOf(request: IncomingMessage, origins?: readonly string[]): Trust {
  const { origin } = request.headers
  if (origin === undefined) return trustWithoutOrigin(request)
  if (origins?.includes(origin)) return 'full'
  if (origins) return origins.includes(everyOrigin) ? 'anonymous' : 'none'
  if (!isOrigin(origin) || origin === 'null') return 'none'
  const page = new URL(origin)
  const peer = peerOf(request)
  const own = urlOf(peer, page.protocol)
  if (!own) return 'none'
  if (own.host === page.host && (!peer.secure || page.protocol === 'https:')) return 'full'
  return isLoopback(own.hostname) && isLoopback(page.hostname) ? 'anonymous' : 'none'
}

/**
 * Browsers omit the origin of a page from some requests, such as those of an `<img>`. Other
 * programs send no origin.
 */
function trustWithoutOrigin({ headers }: IncomingMessage): Trust {
  const site = headers['sec-fetch-site']
  return site === 'cross-site' || site === 'same-site' ? 'anonymous' : 'full'
}

/** The origin that the client has asked for, with the scheme that its page would have. */
function urlOf({ host }: Peer, protocol: string): URL | undefined {
  const url = `${protocol}//${host}`
  return host !== undefined && /^[^\s/?#@\\]+$/.test(host) && URL.canParse(url) ? new URL(url) : undefined
}

/** Whether a name is that of the client's own machine. */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}
