import { crossOrigin } from '../gateways/endpoints/cross-origin.js'
import { health } from '../gateways/endpoints/health.js'
import { historyEndpoint } from '../gateways/endpoints/history.js'
import { http } from '../gateways/endpoints/http.js'
import { httpRequest } from '../gateways/endpoints/http-request.js'
import { serverSentEvents } from '../gateways/endpoints/server-sent-events.js'
import { streamEndpoint } from '../gateways/endpoints/stream.js'
import { type TicketsOptions, tickets } from '../gateways/endpoints/tickets.js'
import { trustedProxies } from '../gateways/endpoints/trusted-proxies.js'
import { valueEndpoint } from '../gateways/endpoints/value.js'
import { websocket } from '../gateways/endpoints/websocket.js'
import type { Gateway } from '../gateways/gateway.js'
import type { GatewayConfig } from './config/config.js'
import { staticFiles } from './static-files.js'

export interface PortGatewaysOptions
  extends Omit<
    GatewayConfig,
    'port' | 'host' | 'broker' | 'namespace' | 'keepAliveMs' | 'tls' | 'proxyProtocol' | 'mqtt'
  > {
  /** Serves MQTT over WebSocket. Absent if no port is for MQTT. */
  readonly mqttWebSocket?: Gateway | undefined
  /** Serves the metrics. Absent if only the admin port does. */
  readonly metrics: Gateway | undefined
  /** Makes a ticket for a client. Absent: the relay asks for no credentials. */
  readonly issueTicket?: TicketsOptions['issueTicket']
}

/** The gateways of a port. Files come last: the paths of all other gateways take precedence. */
export function portGateways(options: PortGatewaysOptions): readonly Gateway[] {
  const { websockets, requestResponse, timeoutMs, static: folder, origins, compression } = options
  const { metrics, issueTicket, mqttWebSocket, trustedProxies: proxies } = options
  return [
    trustedProxies({ proxies }),
    crossOrigin({ origins }),
    ...(metrics ? [metrics] : []),
    http,
    valueEndpoint,
    historyEndpoint(),
    health,
    serverSentEvents,
    streamEndpoint,
    tickets({ issueTicket }),
    ...(mqttWebSocket ? [mqttWebSocket] : []),
    websocket({ mode: websockets, compression }),
    httpRequest({ form: requestResponse, timeoutMs }),
    ...(folder === undefined ? [] : [staticFiles(folder)]),
  ]
}
