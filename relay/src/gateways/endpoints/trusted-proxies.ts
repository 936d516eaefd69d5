import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { Gateway } from '../gateway.js'
import { type Peer, peerOfConnection, statePeer } from './peer.js'
import { networks, plainAddress } from './proxy-list.js'

/** Options of `trustedProxies`. */
export interface TrustedProxiesOptions {
  /** Addresses and networks of proxies, such as `10.0.0.0/8`. @default none */
  readonly proxies?: readonly string[] | undefined
}

/**
 * Reads the client's address, scheme and host from `X-Forwarded-For`, `-Proto` and `-Host`, or from
 * `Forwarded` (RFC 7239), if the connection comes from a trusted proxy. Must precede all other
 * gateways.
 */
export function trustedProxies({ proxies = [] }: TrustedProxiesOptions = {}): Gateway {
  const isTrusted = networks(proxies)

  function read(request: IncomingMessage): void {
    const proxy = peerOfConnection(request)
    if (proxy.address !== undefined && isTrusted(proxy.address))
      statePeer(request, clientBehind(proxy, request, isTrusted))
  }

  return ({ routes, onUpgrade }) => {
    if (proxies.length === 0) return
    routes.use('*', (c, next) => {
      read((c.env as HttpBindings).incoming)
      return next()
    })
    onUpgrade(({ request }) => {
      read(request)
      return false
    })
  }
}

function clientBehind(proxy: Peer, { headers }: IncomingMessage, isTrusted: (address: string) => boolean): Peer {
  const listed = valuesOf(headers, 'x-forwarded-for')
  const elements = elementsOf(valuesOf(headers, 'forwarded'))
  const byList = listed.length > 0 ? clientIn(listed, isTrusted) : undefined
  const byElements =
    elements.length > 0
      ? clientIn(
          elements.map((one) => one.get('for') ?? ''),
          isTrusted,
        )
      : undefined
  const last = elements.at(-1)
  const scheme = valuesOf(headers, 'x-forwarded-proto').at(-1) ?? last?.get('proto')
  return {
    ...proxy,
    // A proxy that sets only one of the two headers passes on the client's other one.
    address:
      byList !== undefined && byElements !== undefined && byList !== byElements
        ? proxy.address
        : (byList ?? byElements ?? proxy.address),
    secure: scheme === undefined ? proxy.secure : /^(?:https|wss)$/i.test(scheme),
    host: valuesOf(headers, 'x-forwarded-host').at(-1) ?? last?.get('host') ?? proxy.host,
  }
}

/**
 * The rightmost address that is not a trusted proxy: those left of it are what the client has sent.
 * If all are trusted, the first. Undefined if the rightmost is no address.
 */
function clientIn(hops: readonly string[], isTrusted: (address: string) => boolean): string | undefined {
  let client: string | undefined
  for (const hop of [...hops].reverse()) {
    const address = plainAddress(hop)
    if (address === undefined) return client
    client = address
    if (!isTrusted(address)) return client
  }
  return client
}

/** The values of a header that is a list. */
function valuesOf(headers: IncomingHttpHeaders, name: string): readonly string[] {
  const value = headers[name]
  if (value === undefined) return []
  return [value]
    .flat()
    .join(',')
    .split(',')
    .map((one) => one.trim())
}

/** The parameters of each element of `Forwarded`. */
function elementsOf(elements: readonly string[]): readonly ReadonlyMap<string, string>[] {
  return elements.map(
    (element) =>
      new Map(
        element.split(';').map((pair): [string, string] => {
          const [name = '', value = ''] = pair.split('=', 2)
          return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')]
        }),
      ),
  )
}
