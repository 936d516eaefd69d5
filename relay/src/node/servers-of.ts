import { type MqttGateways, mqttElsewhere, mqttGateways } from '../gateways/endpoints/mqtt.js'
import type { Gateway } from '../gateways/gateway.js'
import type { Control } from './admin/control.js'
import type { Config, GatewayConfig } from './config/config.js'
import type { HostServer } from './guest.js'
import type { Monitoring } from './monitoring.js'
import { type PortGatewaysOptions, portGateways } from './port-gateways.js'
import type { Endpoint, Workers } from './relay-ports.js'
import type { ServeAllOptions } from './serve.js'
import { version } from './version.js'

interface PortOptions {
  readonly auth: Pick<PortGatewaysOptions, 'issueTicket'> | undefined
  /** Serves the first gateway in place of its port. */
  readonly host: HostServer | undefined
  readonly monitoring: Pick<Monitoring, 'gateway'>
  readonly control: Control
  /** Set if other processes share the ports. */
  readonly workers: Workers | undefined
}

/** The ports of a configuration; that for operators comes last. A host has the first gateway. */
export function serversOf(
  { gateways, admin, namespaces }: Config,
  options: PortOptions,
): Pick<ServeAllOptions, 'endpoints' | 'guests'> {
  const { monitoring, control, auth, host, workers } = options
  const metrics = monitoring.gateway
  // The labels of metrics name the brokers of all namespaces.
  const isPublic = !admin && !namespaces
  const mqtt = mqttOf(gateways)
  const [first, ...others] = gateways.map(
    (gateway): Endpoint =>
      gateway.mqtt
        ? { ...gateway, gateways: [], sockets: mqtt?.gateways.tcp({ ...gateway.mqtt, scope: scopeOf(gateway) }) }
        : {
            ...gateway,
            gateways: portGateways({
              ...gateway,
              metrics: isPublic ? metrics : undefined,
              mqttWebSocket: mqtt && (workers ? mqttElsewhere : webSocketOf(gateway, mqtt)),
              issueTicket: auth?.issueTicket,
            }),
          },
  )
  const open = first && !host ? [first, ...others] : others
  const operators = admin ? [{ ...admin, gateways: control.gateways(metrics, admin.host) }] : []
  return { endpoints: [...open, ...operators], guests: first && host ? [{ ...first, on: host }] : [] }
}

interface Mqtt {
  readonly gateways: MqttGateways
  /** The settings of the first port, which those of WebSockets are, too. */
  readonly settings: NonNullable<GatewayConfig['mqtt']>
}

/** Undefined if no port is for MQTT. */
function mqttOf(gateways: readonly GatewayConfig[]): Mqtt | undefined {
  const settings = gateways.find(({ mqtt }) => mqtt)?.mqtt
  return settings && { gateways: mqttGateways({ version }), settings }
}

function webSocketOf(gateway: GatewayConfig, { gateways, settings }: Mqtt): Gateway {
  return gateways.webSocket({ ...settings, scope: scopeOf(gateway) })
}

/** Ports with the same brokers share sessions of MQTT. */
function scopeOf({ broker, namespace }: GatewayConfig): string {
  return JSON.stringify([namespace ?? null, broker ?? null])
}
