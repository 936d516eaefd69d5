import { toWebSocketUrl } from '../address.js'

/**
 * Returns the URL of an HTTP endpoint of the relay, next to its WebSocket endpoint.
 * @throws {TypeError} if the URL is a path and there is no page
 */
export function streamUrl(url: string, relay?: string, endpoint: string = 'stream'): string {
  const socketUrl = toWebSocketUrl(url, undefined, relay)
  if (!socketUrl) throw new TypeError(`${url} needs a page: use http://host${url} here`)
  const found = new URL(socketUrl)
  found.protocol = found.protocol.replace('ws', 'http')
  found.pathname = found.pathname.replace(/[^/]*$/, endpoint)
  return found.href
}
