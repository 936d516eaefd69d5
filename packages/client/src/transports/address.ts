const absolute = /^(ws|http)s?:\/\//i
/** Not `host:3015`, which would parse as a URL whose scheme is the host, or as a path. */
const path = /^([/?#]|[^:/?#\s]+([/?#]|$))/

/**
 * The WebSocket URL that an option means: `http` is mapped to `ws`, a URL without a path gets
 * `/ws`, and a path is resolved against the page. Undefined for a path if there is no page.
 * @param relay - id of the relay that it is to lead to; what else is in the query stays
 * @throws {TypeError} if it can't be the URL of a relay
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
  if (!found) throw new TypeError(`${url} is no URL of a relay: use ws://host/ws, or /ws in a page`)
  found.protocol = found.protocol.replace('http', 'ws')
  if (found.pathname === '/') found.pathname = '/ws'
  found.hash = '' // no WebSocket takes one
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
