/**
 * The WebSocket URL that an option means: `http` is mapped to `ws`, a URL without a path gets `/ws`, and a path is resolved against the page. Undefined for a path
 * where there is no page.
 * @throws {TypeError} where it is no URL that a relay could have.
 */
export function toWebSocketUrl(url: string, page: string | undefined = globalThis.location?.href): string | undefined {
  if (page === undefined && !/^\w+:/.test(url)) return undefined
  const found = new URL(url, page)
  found.protocol = found.protocol.replace('http', 'ws')
  if (!/^wss?:$/.test(found.protocol)) throw new TypeError(`${url} is no relay: use ws://, http:// or a path`)
  if (found.pathname === '/') found.pathname = '/ws'
  return found.href
}
