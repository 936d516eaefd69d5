import type { Outbox } from '../../../core/outbox.js'
import type { ServerPacket } from './codec/packets.js'
import type { MqttEncoder } from './encoders.js'
import type { ServerAliases } from './topic-aliases.js'

/** A connection of a client that is accepted, as its session sees it. */
export interface MqttLine {
  readonly outbox: Outbox
  readonly encoder: MqttEncoder
  readonly aliases: ServerAliases
  /** The client's Receive Maximum. */
  readonly receiveMaximum: number
  /** The client's Maximum Packet Size. */
  readonly maximumPacketSize: number
  /** Whether the session stays when this connection ends. */
  readonly keepsSession: boolean
  /** Sends a packet, in order with the others. */
  send(packet: ServerPacket): void
  /** Ends the connection, with a reason of MQTT 5 and a sentence. */
  end(reason: number, why: string): void
}
