import { toWebSocketUrl } from '../address.js'

/**
 * The URL of one of the relay's HTTP endpoints, beside its WebSocket's.
 * @throws {TypeError} if the URL is a path and there is no page
 */
export function streamUrl(url: string, relay?: string, endpoint: string = 'stream'): string {
  const socketUrl = toWebSocketUrl(url, undefined, relay)
  if (!socketUrl) throw new TypeError(`${url} needs a page: use http://host${url}`)
  const found = new URL(socketUrl)
  found.protocol = found.protocol.replace('ws', 'http')
  found.pathname = found.pathname.replace(/[^/]*$/, endpoint)
  return found.href
}
