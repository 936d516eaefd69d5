/**
 * The WebSocket URL that an option means: `http` is mapped to `ws`, a URL without a path gets `/ws`, and a path is resolved against the page. Undefined for a path
 * where there is no page.
 * @throws {TypeError} where it is no URL that a relay could have.
 */
export function toWebSocketUrl(url: string, page: string | undefined): string | undefined {
  const whole = /^[a-z][\w+.-]*:/i.test(url)
  if (!whole && page === undefined) return undefined
  const found = new URL(url, whole ? undefined : page)
  found.protocol = found.protocol.replace('http', 'ws')
  if (!/^wss?:$/.test(found.protocol) || !found.host)
    throw new TypeError(
      `${JSON.stringify(url)} is no address of a relay: use ws://, wss://, http://, https:// or a path such as /ws`,
    )
  if (found.pathname === '/') found.pathname = '/ws'
  found.hash = '' // a WebSocket URL may not have one
  return found.href
}
