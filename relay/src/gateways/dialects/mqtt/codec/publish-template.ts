import { PacketOutput, textSize, varintSize } from './packet-output.js'
import type { MqttVersion, PublishPacket, Qos } from './packets.js'
import { PropertiesOutput, stampedIds } from './properties.js'

/** The fields in which the readers of one message differ. */
export interface PublishStamp {
  readonly qos: Qos
  /** Not 0 if `qos` isn't. */
  readonly id?: number | undefined
  readonly dup?: boolean | undefined
  readonly retain?: boolean | undefined
  readonly subscriptionIds?: readonly number[] | undefined
  readonly topicAlias?: number | undefined
  /** Leaves the topic out, since the alias stands for it. */
  readonly byAlias?: boolean | undefined
  /** Instead of the template's, which has to have one. */
  readonly messageExpiry?: number | undefined
}

const publish = 0x30
const expirySize = 5
const aliasSize = 3

/**
 * A PUBLISH for several clients of one version, encoded once. Subscription identifiers and an alias
 * are not part of it.
 */
export class PublishTemplate {
  /** As a packet of QoS 0. Shared: never to be changed. */
  readonly bytes: Uint8Array
  readonly #bytes: Buffer
  readonly #version: MqttVersion
  /** Offsets of the fields; the properties begin after their length. */
  readonly #topicAt: number
  readonly #topicEnd: number
  readonly #propertiesAt: number
  readonly #payloadAt: number
  readonly #hasExpiry: boolean

  constructor(packet: PublishPacket, version: MqttVersion) {
    const { topicAlias, subscriptionIds, messageExpiry, ...kept } = packet.properties
    const properties = version === 5 ? new PropertiesOutput(kept, 'publish') : undefined
    this.#version = version
    this.#hasExpiry = version === 5 && messageExpiry !== undefined
    const length = (properties?.length ?? 0) + (this.#hasExpiry ? expirySize : 0)
    const rest = textSize(packet.topic) + withLength(length, version) + packet.payload.length
    // Not of a pool, which a template that is kept would keep whole.
    const output = new PacketOutput(Buffer.allocUnsafeSlow(1 + varintSize(rest) + rest))
    output.byte(publish | (packet.retain ? 1 : 0))
    output.varint(rest)
    this.#topicAt = output.at
    output.text(packet.topic)
    this.#topicEnd = output.at
    if (properties) output.varint(length)
    this.#propertiesAt = output.at
    properties?.write(output)
    if (this.#hasExpiry) {
      output.byte(stampedIds.messageExpiry)
      output.long(messageExpiry ?? 0)
    }
    this.#payloadAt = output.at
    output.blob(packet.payload)
    this.bytes = this.#bytes = output.bytes
  }

  /** The number of bytes without a stamp. */
  get size(): number {
    return this.bytes.length
  }

  /** The number of bytes with a stamp. */
  sizeOf(stamp: PublishStamp): number {
    const rest = this.#restOf(stamp)
    return 1 + varintSize(rest) + rest
  }

  /** Returns a copy for one client. */
  stamp(stamp: PublishStamp): Uint8Array {
    const rest = this.#restOf(stamp)
    const output = new PacketOutput(Buffer.allocUnsafe(1 + varintSize(rest) + rest))
    output.byte(publish | (stamp.dup ? 8 : 0) | (stamp.qos << 1) | (stamp.retain ? 1 : 0))
    output.varint(rest)
    if (stamp.byAlias) output.word(0)
    else this.#copy(output, this.#topicAt, this.#topicEnd)
    if (stamp.qos > 0) output.word(stamp.id ?? 0)
    if (this.#version === 5) this.#writeProperties(output, stamp)
    this.#copy(output, this.#payloadAt, this.#bytes.length)
    return output.bytes
  }

  /** The number of bytes after the length of the packet. */
  #restOf(stamp: PublishStamp): number {
    const topic = stamp.byAlias ? 2 : this.#topicEnd - this.#topicAt
    const payload = this.#bytes.length - this.#payloadAt
    return topic + (stamp.qos > 0 ? 2 : 0) + withLength(this.#propertiesOf(stamp), this.#version) + payload
  }

  /** The number of bytes of all properties. */
  #propertiesOf({ topicAlias, subscriptionIds = [] }: PublishStamp): number {
    let bytes = this.#payloadAt - this.#propertiesAt
    for (const id of subscriptionIds) bytes += 1 + varintSize(id)
    return topicAlias === undefined ? bytes : bytes + aliasSize
  }

  #writeProperties(output: PacketOutput, stamp: PublishStamp): void {
    output.varint(this.#propertiesOf(stamp))
    this.#copy(output, this.#propertiesAt, this.#payloadAt)
    if (this.#hasExpiry && stamp.messageExpiry !== undefined)
      output.bytes.writeUInt32BE(stamp.messageExpiry, output.at - expirySize + 1)
    for (const id of stamp.subscriptionIds ?? []) {
      output.byte(stampedIds.subscriptionIds)
      output.varint(id)
    }
    if (stamp.topicAlias !== undefined) {
      output.byte(stampedIds.topicAlias)
      output.word(stamp.topicAlias)
    }
  }

  #copy(output: PacketOutput, from: number, to: number): void {
    output.at += this.#bytes.copy(output.bytes, output.at, from, to)
  }
}

/** The number of bytes of properties with their length; MQTT 3 has neither. */
function withLength(properties: number, version: MqttVersion): number {
  return version === 5 ? varintSize(properties) + properties : 0
}
