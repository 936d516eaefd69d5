import type { RelayView } from '../../../core/relay.js'
import type { ClientConnection } from '../../connections/connection.js'
import type { NewClient } from '../dialect.js'
import type { ConnectPacket } from './codec/packets.js'
import type { MqttEncoder } from './encoders.js'
import type { MqttGatewaySettings } from './mqtt-gateway-settings.js'
import type { MqttServer } from './mqtt-server.js'

/** A client that wants to connect, and its connection. */
export interface Entering<Client = unknown> {
  readonly packet: ConnectPacket
  readonly relay: RelayView
  readonly client: NewClient
  readonly server: MqttServer
  readonly scope: string
  readonly settings: MqttGatewaySettings
  readonly encoder: MqttEncoder
  readonly connection: ClientConnection
  /** Whether the connection is still there. */
  isOpen(): boolean
  /** The client is accepted. */
  accepted(client: Client): void
  /** Ends the connection, with a reason and a sentence. */
  end(reason: number, why: string): void
  /** The broker is down, which MQTT 3 has no answer for. */
  lost(why: string): void
  /** The client reads too slowly: its connection was ended. */
  cutOff(): void
  /** The client has sent DISCONNECT. */
  left(): void
}

/** The most messages of a client that are not acknowledged. */
export const receiveMaximum = 1024

/** The most topic aliases of a client. */
export const topicAliasMaximum = 256

/** The bytes of a packet besides its payload: topic, properties, and headers. */
export const packetRest: number = 160 * 1024
