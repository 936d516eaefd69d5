import type { RelayOptions } from '../core/relay.js'
import { type Endpoint, type ServingAll, serveAll } from './serve.js'

/** The options of `serveRelay`: those of a relay, and of its port. */
export interface RelayServerOptions extends Omit<RelayOptions, 'newId'>, Omit<Endpoint, 'broker' | 'namespace'> {}

/** A running relay with its port. */
export interface RelayServer extends Omit<ServingAll, 'ports'> {
  /** The port that it listens on. */
  readonly port: number
}

/** Opens a relay with its gateways on one port. */
export async function serveRelay({
  gateways,
  port,
  host,
  keepAliveMs,
  tls,
  proxyProtocol,
  trustedProxies,
  ...options
}: RelayServerOptions): Promise<RelayServer> {
  const endpoint = { gateways, port, host, keepAliveMs, tls, proxyProtocol, trustedProxies }
  const { ports, ...serving } = await serveAll({ ...options, endpoints: [endpoint] })
  return { ...serving, port: ports[0] ?? port }
}
