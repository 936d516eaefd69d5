import * as v from 'valibot'
import type { MqttGatewaySettings } from '../../../gateways/dialects/mqtt/mqtt-gateway-settings.js'
import type { GatewayTls } from '../../front/tls-files.js'
import type { GatewayKeys } from '../gateway-options.js'
import type { Context } from './context.js'
import { defined } from './defined.js'
import { gatewayEntries, ownWords } from './gateway.js'
import { gatewayTls, proxyProtocolNeedsProxies } from './gateway-front.js'
import { type Optional, optional, type Reads, table } from './table.js'
import { duration, text, wholeNumber } from './values.js'

/** The keys of a gateway for MQTT, with their values read. */
export type MqttGatewayKeys = Pick<GatewayKeys, 'port' | 'host' | 'trusted_proxies' | 'proxy_protocol'> & {
  readonly broker?: string
  readonly namespace?: string
  readonly tls?: GatewayTls
  readonly mqtt: Partial<MqttGatewaySettings>
}

const longestExpiryMs = 30 * 86_400_000
const longestKeepAlive = 65_535
const longestQueue = 100_000

/** The keys of HTTP that users may try. */
const ofHttp = 'is for HTTP, and this port is for MQTT; remove it'

/** A `[[gateway]]` with `type = "mqtt"`. */
export function mqttGateway(context: Context, broker: Optional<string>): Reads<MqttGatewayKeys> {
  const { port, host, trusted_proxies, proxy_protocol, ...others } = gatewayEntries(ownWords, context)
  const refusals = Object.fromEntries(Object.keys(others).map((key) => [key, `{it} ${ofHttp}`]))
  const entries = {
    port,
    host,
    broker,
    namespace: optional(text),
    tls: optional(gatewayTls(context.resolve)),
    trusted_proxies,
    proxy_protocol,
    session_expiry: optional(duration(longestExpiryMs)),
    max_keep_alive: optional(wholeNumber(1, longestKeepAlive, 'seconds')),
    queue: optional(wholeNumber(1, longestQueue, 'messages')),
  }
  return v.pipe(
    table(entries, { port: '1883' }, [], refusals),
    proxyProtocolNeedsProxies(),
    v.transform(({ session_expiry, max_keep_alive, queue, ...keys }) => ({
      ...keys,
      mqtt: defined({ sessionExpiryMs: session_expiry, keepAlive: max_keep_alive, queue }),
    })),
  )
}
