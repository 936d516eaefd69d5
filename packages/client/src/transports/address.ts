const absolute = /^(ws|http)s?:\/\//i
/** Excludes `host:3015`, which would be parsed as a URL with the scheme `host`, or as a path. */
const path = /^([/?#]|[^:/?#\s]+([/?#]|$))/

/**
 * Converts the `url` option to a WebSocket URL: maps `http` to `ws`, adds `/ws` if there is no
 * path, and resolves a path against the page. Returns undefined for a path without a page.
 * @param relay - id of the relay to connect to, which is added to the query
 * @throws {TypeError} if it isn't the URL of a relay
 */
export function toWebSocketUrl(
  url: string,
  page: string | undefined = globalThis.location?.href,
  relay?: string,
): string | undefined {
  const isPath = typeof url === 'string' && path.test(url)
  const base = isPath ? page : url
  if (isPath && base === undefined) return undefined
  const found = absolute.test(`${base}`) && parse(url, page)
  if (!found) throw new TypeError(`${url} isn't a relay URL: use ws://host/ws, or /ws in a page`)
  found.protocol = found.protocol.replace('http', 'ws')
  if (found.pathname === '/') found.pathname = '/ws'
  found.hash = '' // WebSocket throws for a hash
  if (relay) found.search += `${found.search && '&'}relay=${relay}`
  return found.href
}

function parse(url: string, page: string | undefined): URL | undefined {
  try {
    return new URL(url, page)
  } catch {
    return undefined
  }
}
