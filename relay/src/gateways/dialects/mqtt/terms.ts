import type { BrokerInfo } from '@wildcast/protocol'
import type { ConnectPacket, MqttProperties } from './codec/packets.js'
import type { MqttGatewaySettings } from './mqtt-gateway-settings.js'

/** The terms of a connection: of the client, within the limits of the server. */
export interface ClientTerms {
  readonly expiryMs: number
  /** In seconds. */
  readonly keepAlive: number
  /** The client's Receive Maximum. */
  readonly clientWindow: number
  readonly maximumPacketSize: number
  /** The client's Topic Alias Maximum. */
  readonly clientAliases: number
  /** Whether the broker keeps values, and whether it has groups, at the time of CONNECT. */
  readonly canRetain: boolean
  readonly canShare: boolean
  /** The properties of CONNACK that state what differs from what the client has asked for. */
  readonly changed: MqttProperties
}

/** "Never", and "without Clean Session" of MQTT 3. */
const forever = 0xffff_ffff
const highestPacket = 0xffff_ffff
const highestReceive = 65_535

/** Returns the terms of a client. @param brokers - those that it sees */
export function termsOf(
  packet: ConnectPacket,
  settings: MqttGatewaySettings,
  brokers: readonly BrokerInfo[],
): ClientTerms {
  const { version, cleanStart, keepAlive, properties } = packet
  const asked = version === 5 ? (properties.sessionExpiry ?? 0) : cleanStart ? 0 : forever
  const expiry = Math.min(asked, Math.floor(settings.sessionExpiryMs / 1000))
  const most = settings.keepAlive
  const isTooLong = version === 5 && most > 0 && (keepAlive === 0 || keepAlive > most)
  return {
    expiryMs: expiry * 1000,
    keepAlive: isTooLong ? most : keepAlive,
    clientWindow: properties.receiveMaximum ?? highestReceive,
    maximumPacketSize: properties.maximumPacketSize ?? highestPacket,
    clientAliases: properties.topicAliasMaximum ?? 0,
    canRetain: canDo(brokers, 'retained'),
    canShare: canDo(brokers, 'queue'),
    changed: {
      ...(expiry !== asked && { sessionExpiry: expiry }),
      ...(isTooLong && { serverKeepAlive: most }),
    },
  }
}

/** Whether the default broker has a feature. */
export function canDo(brokers: readonly BrokerInfo[], feature: string): boolean {
  return brokers.find((one) => one.default)?.features.includes(feature) === true
}
