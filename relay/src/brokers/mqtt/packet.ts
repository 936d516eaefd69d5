import { type BrokerMessage, type Headers, WildcastError } from '@wildcast/protocol'
import { isTopicText } from '../../names/mqtt-topics.js'
import { headersIn, headersOut } from '../foreign/headers.js'
import type { FactProperties } from './facts.js'
import type { MqttServerFacts } from './server.js'
import type { Incoming, MqttPublish, Properties } from './wire.js'

/** The longest text of the protocol, in bytes. */
const longestText = 65_535

/** The properties of a packet. */
export interface PacketProperties extends Omit<FactProperties, 'correlationData'> {
  readonly responseTopic?: string | undefined
  readonly correlationData?: Buffer | undefined
  readonly headers?: Headers
}

/**
 * Returns a packet for the server.
 * @throws {WildcastError} `too_large`, `unsupported` if the server would close the connection over
 * it, or lose a part of it
 */
export function packetOf(
  topic: string,
  payload: string | Buffer,
  packetProperties: PacketProperties,
  server: MqttServerFacts,
): MqttPublish {
  if (!server.confirms)
    throw new WildcastError('unsupported', 'the MQTT server confirms no publish (its Maximum QoS is 0)')
  const properties = propertiesOf(packetProperties)
  if (properties && server.version === 4)
    throw new WildcastError('unsupported', 'MQTT 3.1.1 carries a payload only; leave the headers out')
  const packet: MqttPublish = { topic, payload, properties }
  const size = sizeOf(packet)
  if (size > server.longestPacket)
    throw new WildcastError('too_large', `the packet has ${size} bytes, and the server accepts ${server.longestPacket}`)
  return packet
}

/** Returns the headers of a message, with or without the marks of an answer. */
export function headersOf(message: BrokerMessage, marks: boolean): Headers {
  return headersOut(marks ? message : { ...message, more: undefined, error: undefined })
}

/**
 * Reads headers and the marks of an answer. Returns undefined if they exceed what clients may be
 * sent.
 */
export function propertiesIn({ properties }: Incoming): Partial<BrokerMessage> | undefined {
  const { userProperties } = properties ?? {}
  return userProperties ? headersIn(entriesOf(userProperties)) : {}
}

function* entriesOf(properties: NonNullable<Properties['userProperties']>): Generator<[string, string]> {
  for (const name of Object.keys(properties)) for (const value of [properties[name]].flat()) yield [name, value ?? '']
}

/** Returns the bytes of a payload as a plain array. */
export function payloadIn({ payload }: Incoming): Uint8Array {
  const { buffer, byteOffset, byteLength } = payload as Buffer // only sent payloads are strings
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function propertiesOf(packetProperties: PacketProperties): Properties | undefined {
  const { responseTopic, correlationData, headers = [], ...facts } = packetProperties
  const properties: Properties = {
    ...facts,
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(headers.length > 0 ? { userProperties: userPropertiesOf(headers) } : {}),
  }
  return Object.keys(properties).length > 0 ? properties : undefined
}

/** The library groups the values of a name: it has no other form. */
function userPropertiesOf(headers: Headers): Record<string, string[]> {
  const properties: Record<string, string[]> = Object.create(null)
  for (const [name, value] of headers) {
    if (!isTopicText(value))
      throw new WildcastError('unsupported', `MQTT can't carry the header "${name}": it holds a Unicode noncharacter`)
    if (Buffer.byteLength(name) > longestText || Buffer.byteLength(value) > longestText)
      throw new WildcastError('too_large', `a header is longer than ${longestText} bytes; put it into the payload`)
    properties[name] = [...(properties[name] ?? []), value]
  }
  return properties
}

/** Returns an upper bound for the size of a PUBLISH, in bytes (MQTT 5, 3.3). */
function sizeOf({ topic, payload, properties = {} }: MqttPublish): number {
  const { responseTopic, correlationData, contentType, userProperties } = properties
  let size = 5 + 2 + Buffer.byteLength(topic) + 2 + 4 + Buffer.byteLength(payload)
  if (responseTopic !== undefined) size += 3 + Buffer.byteLength(responseTopic)
  if (correlationData) size += 3 + correlationData.length
  if (contentType !== undefined) size += 3 + Buffer.byteLength(contentType)
  if (properties.payloadFormatIndicator !== undefined) size += 2
  if (properties.messageExpiryInterval !== undefined) size += 5
  for (const [name, value] of entriesOf(userProperties ?? {}))
    size += 5 + Buffer.byteLength(name) + Buffer.byteLength(value)
  return size
}
