import type { MqttVersion, PublishPacket, Qos, ServerPacket } from './packets.js'

/** Returns the bytes of a packet. Properties and reasons that the version lacks are left out. */
export function writePacket(_packet: ServerPacket, _version: MqttVersion): Uint8Array {
  throw new Error('not built')
}

/** The fields in which the readers of one message differ. */
export interface PublishStamp {
  readonly qos: Qos
  /** Set if `qos` is not 0. */
  readonly id?: number
  readonly dup?: boolean
  readonly retain?: boolean
  readonly subscriptionIds?: readonly number[]
  /** Alone: the topic is sent, too. */
  readonly topicAlias?: number
  /** Leaves the topic out: the alias stands for it. */
  readonly byAlias?: boolean
  readonly messageExpiry?: number
}

/** A PUBLISH for several clients of one version, encoded once. */
export class PublishTemplate {
  /** QoS 0, as it is: shared, never to be changed. */
  readonly bytes: Uint8Array
  constructor(packet: PublishPacket, version: MqttVersion) {
    this.bytes = writePacket(packet, version)
  }
  /** The bytes of a packet that a stamp makes, at most: without subscription ids and an alias. */
  get size(): number {
    return this.bytes.length
  }
  /** Returns a copy for one client. */
  stamp(_stamp: PublishStamp): Uint8Array {
    throw new Error('not built')
  }
}
