import { PacketOutput, varintSize } from './packet-output.js'
import type { AckPacket, DisconnectPacket, MqttVersion, PublishPacket, ServerPacket } from './packets.js'
import { PropertiesOutput } from './properties.js'
import { PublishTemplate } from './publish-template.js'
import { reasons, returnCodeOf } from './reasons.js'

export { type PublishStamp, PublishTemplate } from './publish-template.js'

/** The fields after the length of a packet: bytes, then properties, then bytes. */
interface Body {
  readonly head: readonly number[]
  /** Absent: the packet ends before the length of its properties. */
  readonly properties?: PropertiesOutput
  readonly tail?: readonly number[]
}

type Written = Exclude<ServerPacket, PublishPacket>

/** The first byte of a packet (table 2-1). */
const firstBytes: { readonly [Type in Written['type']]: number } = {
  connack: 0x20,
  puback: 0x40,
  pubrec: 0x50,
  pubrel: 0x62,
  pubcomp: 0x70,
  suback: 0x90,
  unsuback: 0xb0,
  pingresp: 0xd0,
  disconnect: 0xe0,
}

/**
 * Returns the bytes of a packet. Properties that the packet can't have are left out. MQTT 3 has
 * reasons in CONNACK and SUBACK only. A server of it sends no DISCONNECT: the result is empty.
 *
 * @throws `RangeError` if a text has U+0000 or more than 65,535 bytes; see `isMqttText`
 */
export function writePacket(packet: ServerPacket, version: MqttVersion): Uint8Array {
  if (packet.type === 'publish') return writePublish(packet, version)
  if (packet.type === 'disconnect' && version < 5) return nothing
  const body = version === 5 ? bodyOf(packet) : oldBodyOf(packet, version)
  return write(packet.type, body)
}

function writePublish(packet: PublishPacket, version: MqttVersion): Uint8Array {
  const template = new PublishTemplate(packet, version)
  const { topicAlias, subscriptionIds } = packet.properties
  const isAsIs = packet.qos === 0 && topicAlias === undefined && subscriptionIds === undefined
  return isAsIs ? template.bytes : template.stamp({ ...packet, topicAlias, subscriptionIds })
}

/** In the short forms, reason and properties are left out (3.4.2, 3.14.2). */
function bodyOf(packet: Written): Body {
  switch (packet.type) {
    case 'pingresp':
      return { head: [] }
    case 'connack':
      return { head: [presentFlag(packet), packet.reason], properties: propertiesOf(packet) }
    case 'suback':
    case 'unsuback':
      return { head: word(packet.id), properties: propertiesOf(packet), tail: packet.reasons }
    case 'disconnect':
      return withReason([], packet)
    default:
      return withReason(word(packet.id), packet)
  }
}

function withReason(id: readonly number[], packet: AckPacket | DisconnectPacket): Body {
  const properties = propertiesOf(packet)
  if (properties.length > 0) return { head: [...id, packet.reason], properties }
  return { head: packet.reason === reasons.success ? id : [...id, packet.reason] }
}

type WithProperties = Exclude<Written, { readonly type: 'pingresp' }>

const propertiesOf = ({ properties, type }: WithProperties): PropertiesOutput => new PropertiesOutput(properties, type)

function oldBodyOf(packet: Written, version: MqttVersion): Body {
  switch (packet.type) {
    case 'pingresp':
    case 'disconnect':
      return { head: [] }
    case 'connack':
      return { head: [version === 3 ? 0 : presentFlag(packet), returnCodeOf(packet.reason)] }
    case 'suback':
      return { head: [...word(packet.id), ...packet.reasons.map(grantedOf)] }
    default:
      return { head: word(packet.id) }
  }
}

/** [MQTT-3.2.2-6]: only if the connection is accepted. */
const presentFlag = ({
  sessionPresent,
  reason,
}: {
  readonly sessionPresent: boolean
  readonly reason: number
}): number => (sessionPresent && reason === reasons.success ? 1 : 0)

/** The only failure of a SUBACK in MQTT 3.1.1; 3.1 has no code for one. */
const grantedOf = (reason: number): number => Math.min(reason, reasons.unspecifiedError)

const word = (value: number): readonly number[] => [value >> 8, value & 0xff]

function write(type: Written['type'], { head, properties, tail = [] }: Body): Uint8Array {
  const size = head.length + (properties ? varintSize(properties.length) + properties.length : 0) + tail.length
  const output = new PacketOutput(Buffer.allocUnsafe(1 + varintSize(size) + size))
  output.byte(firstBytes[type])
  output.varint(size)
  output.blob(head)
  if (properties) {
    output.varint(properties.length)
    properties.write(output)
  }
  output.blob(tail)
  return output.bytes
}

const nothing = new Uint8Array(0)
