import { MqttFault, malformed, protocolError } from './fault.js'
import type { PacketInput } from './packet-input.js'
import type { AckPacket, ClientPacket, MqttVersion, PublishPacket, Qos, SubscribeEntry } from './packets.js'
import { noProperties, readProperties } from './properties.js'
import { readConnect } from './read-connect.js'
import { clientReasons, reasons } from './reasons.js'
import { isSharedFilter, isTopicFilter, isTopicName, parseSharedFilter } from './topics.js'

/** Reads what follows the length of a packet; a CONNECT from its flags on. */
type ReadBody = (input: PacketInput, version: MqttVersion, flags: number) => ClientPacket

/** A type of packet that clients send. */
export interface PacketType {
  /** The low four bits of the first byte [MQTT-2.1.3-1]. Absent: a PUBLISH reads its own. */
  readonly flags?: number
  /** In MQTT 3.1, one of them is DUP. */
  readonly hasDup?: true
  readonly since5?: true
  readonly read: ReadBody
}

/** By the high four bits of the first byte (table 2-1). */
export const packetTypes: ReadonlyMap<number, PacketType> = new Map<number, PacketType>([
  [1, { flags: 0, read: readConnect }],
  [3, { read: readPublish }],
  [4, { flags: 0, read: ack('puback') }],
  [5, { flags: 0, read: ack('pubrec') }],
  [6, { flags: 2, hasDup: true, read: ack('pubrel') }],
  [7, { flags: 0, read: ack('pubcomp') }],
  [8, { flags: 2, hasDup: true, read: readSubscribe }],
  [10, { flags: 2, hasDup: true, read: readUnsubscribe }],
  [12, { flags: 0, read: () => ({ type: 'pingreq' }) }],
  [14, { flags: 0, read: readDisconnect }],
  [15, { flags: 0, since5: true, read: readAuth }],
])

function readPublish(input: PacketInput, version: MqttVersion, flags: number): PublishPacket {
  const qos = qosOf((flags >> 1) & 3) // [MQTT-3.3.1-4]
  const dup = (flags & 8) !== 0
  if (dup && qos === 0 && version > 3) throw malformed('a PUBLISH of QoS 0 has the flag DUP') // [MQTT-3.3.1-2]
  const retain = (flags & 1) !== 0
  const topic = input.text()
  const id = qos === 0 ? undefined : readId(input)
  const properties = version === 5 ? readProperties(input, 'publish') : noProperties
  checkTopic(topic, properties.topicAlias)
  if (properties.subscriptionIds) throw protocolError('a PUBLISH of a client has subscriptionIds') // [MQTT-3.3.4-6]
  const payload = input.blob(input.rest)
  return id === undefined
    ? { type: 'publish', topic, payload, qos, retain, dup, properties }
    : { type: 'publish', topic, payload, qos, retain, dup, id, properties }
}

function checkTopic(topic: string, alias: number | undefined): void {
  if (alias === 0) throw new MqttFault(reasons.topicAliasInvalid, 'a topic alias must not be 0') // [MQTT-3.3.2-8]
  if (topic === '') {
    if (alias === undefined) throw protocolError('a PUBLISH has neither topic nor alias')
  } else if (!isTopicName(topic)) throw malformed('the topic of a PUBLISH has wildcards') // [MQTT-3.3.2-2]
}

function ack(type: AckPacket['type']): ReadBody {
  return (input, version) => {
    const id = readId(input)
    if (version < 5 || input.rest === 0) return { type, id, reason: reasons.success, properties: noProperties }
    const reason = readReason(input, type)
    return { type, id, reason, properties: input.rest === 0 ? noProperties : readProperties(input, type) }
  }
}

function readSubscribe(input: PacketInput, version: MqttVersion): ClientPacket {
  const id = readId(input)
  const properties = version === 5 ? readProperties(input, 'subscribe') : noProperties
  if ((properties.subscriptionIds?.length ?? 0) > 1) throw protocolError('a SUBSCRIBE has several subscriptionIds')
  const entries: SubscribeEntry[] = []
  while (input.rest > 0) entries.push(readEntry(input, version))
  if (entries.length === 0) throw protocolError('a SUBSCRIBE has no topic filter') // [MQTT-3.8.3-2]
  return { type: 'subscribe', id, entries, properties }
}

/** The options of a SUBSCRIBE (3.8.3.1); MQTT 3 has the QoS only. */
const options = { qos: 0x03, noLocal: 0x04, retainAsPublished: 0x08, retainHandling: 0x30, reserved: 0xc0 }

function readEntry(input: PacketInput, version: MqttVersion): SubscribeEntry {
  const filter = readFilter(input, version)
  const bits = input.byte()
  const isReserved = bits & (version === 5 ? options.reserved : ~options.qos)
  if (isReserved) throw malformed('reserved bits of a SUBSCRIBE are set') // [MQTT-3.8.3-5]
  const retainHandling = (bits & options.retainHandling) >> 4
  if ((bits & options.qos) === 3 || retainHandling === 3) throw protocolError('QoS or retainHandling is 3')
  const noLocal = (bits & options.noLocal) !== 0
  if (noLocal && isSharedFilter(filter)) throw protocolError('noLocal on a shared subscription') // [MQTT-3.8.3-4]
  return {
    filter,
    qos: qosOf(bits & options.qos),
    noLocal,
    retainAsPublished: (bits & options.retainAsPublished) !== 0,
    retainHandling: retainHandling === 2 ? 2 : retainHandling === 1 ? 1 : 0,
  }
}

function readUnsubscribe(input: PacketInput, version: MqttVersion): ClientPacket {
  const id = readId(input)
  const properties = version === 5 ? readProperties(input, 'unsubscribe') : noProperties
  const filters: string[] = []
  while (input.rest > 0) filters.push(readFilter(input, version))
  if (filters.length === 0) throw protocolError('an UNSUBSCRIBE has no topic filter') // [MQTT-3.10.3-2]
  return { type: 'unsubscribe', id, filters, properties }
}

/** MQTT 3 has no shared subscriptions: `$share` is a level like others. */
function readFilter(input: PacketInput, version: MqttVersion): string {
  const filter = input.text()
  const isValid = version === 5 && isSharedFilter(filter) ? parseSharedFilter(filter) : isTopicFilter(filter)
  if (!isValid) throw malformed('a topic filter is invalid')
  return filter
}

function readDisconnect(input: PacketInput, version: MqttVersion): ClientPacket {
  if (version < 5 || input.rest === 0) return { type: 'disconnect', reason: reasons.success, properties: noProperties }
  const reason = readReason(input, 'disconnect')
  return {
    type: 'disconnect',
    reason,
    properties: input.rest === 0 ? noProperties : readProperties(input, 'disconnect'),
  }
}

function readAuth(input: PacketInput): ClientPacket {
  // Without a body the reason is "success", which only a server sends.
  if (input.rest === 0) throw protocolError('an AUTH without a reason')
  const reason = readReason(input, 'auth')
  const properties = readProperties(input, 'auth')
  if (properties.authMethod === undefined) throw protocolError('an AUTH has no authMethod') // 3.15.2.2.2
  return { type: 'auth', reason, properties }
}

function readReason(input: PacketInput, type: keyof typeof clientReasons): number {
  const reason = input.byte()
  if (!clientReasons[type].has(reason)) throw protocolError(`a client sends no ${type} with the reason ${reason}`)
  return reason
}

/** [MQTT-2.2.1-3], [MQTT-2.2.1-4]. */
function readId(input: PacketInput): number {
  const id = input.word()
  if (id === 0) throw protocolError('a packet identifier is 0')
  return id
}

function qosOf(bits: number): Qos {
  if (bits === 0 || bits === 1 || bits === 2) return bits
  throw malformed('a PUBLISH has QoS 3')
}
