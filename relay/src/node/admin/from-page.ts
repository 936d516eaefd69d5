import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { isLoopback } from '../../gateways/endpoints/origin-trust.js'

/** A request, and the address at which it has arrived. */
export interface ArrivedRequest {
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly localAddress?: string | undefined }
}

/**
 * Whether a browser may have sent the request for a page. A page that resolves its own name to this
 * address (DNS rebinding) shows by its host name: it can't use an IP address, nor a name without a
 * dot, which only the local network resolves.
 * @param own - the host of the port in the configuration
 */
export function isFromPage({ headers, socket }: ArrivedRequest, own: string | undefined): boolean {
  const { origin, host = '', 'sec-fetch-site': site } = headers
  if (origin !== undefined || (site !== undefined && site !== 'none')) return true
  const name = host.replace(/:\d*$/, '').toLowerCase()
  const isAddress = isIP(name.replace(/^\[|\]$/g, '')) !== 0
  if (isLoopback(name) || (!isAddress && name !== '' && name === own?.toLowerCase())) return false
  if (/^(?:127\.|::1$|::ffff:127\.)/.test(socket.localAddress ?? '')) return true
  return !isAddress && name.includes('.')
}
