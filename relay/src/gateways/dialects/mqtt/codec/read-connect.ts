import { MqttFault, malformed, protocolError } from './fault.js'
import type { PacketInput } from './packet-input.js'
import type { ConnectPacket, MqttVersion, MqttWill } from './packets.js'
import { noProperties, readProperties } from './properties.js'
import { reasons } from './reasons.js'
import { isTopicName } from './topics.js'

const bits = { reserved: 0x01, cleanStart: 0x02, will: 0x04, willRetain: 0x20, password: 0x40, user: 0x80 }

/** Reads the protocol name and level, with which a CONNECT begins (3.1.2.1, 3.1.2.2). */
export function readVersion(input: PacketInput): MqttVersion {
  const name = input.text()
  const level = input.byte()
  if (name === 'MQTT' && (level === 4 || level === 5)) return level
  if (name === 'MQIsdp' && level === 3) return level
  throw new MqttFault(reasons.unsupportedVersion, `MQTT 3.1, 3.1.1 and 5.0 are served, not level ${level}`)
}

/** Reads the rest of a CONNECT, from its flags on. */
export function readConnect(input: PacketInput, version: MqttVersion): ConnectPacket {
  const flags = input.byte()
  checkFlags(flags, version)
  const keepAlive = input.word()
  const properties = version === 5 ? readProperties(input, 'connect') : noProperties
  if (properties.authData && properties.authMethod === undefined)
    throw protocolError('a CONNECT has authData without authMethod')
  const clientId = input.text()
  const will = flags & bits.will ? readWill(input, flags, version) : undefined
  // MQTT 3.1: if the packet ends before them, the flags count for nothing.
  const isMissing = (): boolean => version === 3 && input.rest === 0
  const user = flags & bits.user && !isMissing() ? input.text() : undefined
  const password = flags & bits.password && !isMissing() ? input.binary() : undefined
  return {
    ...{ type: 'connect', version, clientId, cleanStart: (flags & bits.cleanStart) !== 0, keepAlive, properties },
    ...(will && { will }),
    ...(user !== undefined && { user }),
    ...(password && { password }),
  }
}

/** MQTT 3.1 has no rule for bits that it does not use. */
function checkFlags(flags: number, version: MqttVersion): void {
  const hasWill = (flags & bits.will) !== 0
  const qos = willQosOf(flags)
  if (qos === 3 && (hasWill || version > 3)) throw malformed('a will has QoS 3') // [MQTT-3.1.2-12]
  if ((flags & (bits.user | bits.password)) === bits.password && version < 5)
    throw protocolError('a CONNECT has a password without a user') // 3.1.1: [MQTT-3.1.2-22]
  if (version === 3) return
  if (flags & bits.reserved) throw malformed('the reserved flag of a CONNECT is set') // [MQTT-3.1.2-3]
  // [MQTT-3.1.2-11], [MQTT-3.1.2-13]
  if (!hasWill && (qos > 0 || flags & bits.willRetain)) throw protocolError('a CONNECT without a will has its flags')
}

const willQosOf = (flags: number): number => (flags >> 3) & 3

function readWill(input: PacketInput, flags: number, version: MqttVersion): MqttWill {
  const properties = version === 5 ? readProperties(input, 'will') : noProperties
  const topic = input.text()
  if (!isTopicName(topic)) throw malformed('the topic of a will is not a topic name')
  const qos = willQosOf(flags)
  return {
    topic,
    payload: input.binary(),
    qos: qos === 2 ? 2 : qos === 1 ? 1 : 0,
    retain: (flags & bits.willRetain) !== 0,
    properties,
  }
}
