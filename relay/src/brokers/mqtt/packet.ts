import { type BrokerMessage, type Headers, WildcastError } from '@wildcast/protocol'
import { headersIn, headersOut } from '../foreign/headers.js'
import type { MqttServerFacts } from './server.js'
import { isTopicText } from './subjects.js'
import type { Incoming, MqttPublish, Properties } from './wire.js'

/** No text on the wire is longer. */
const longestText = 65_535

/** What a packet bears beside its topic and payload. */
export interface PacketProperties {
  readonly responseTopic?: string | undefined
  readonly correlationData?: Buffer | undefined
  readonly headers?: Headers
}

/**
 * @throws {WildcastError} `too_large`, `unsupported` where the server would hang up on it, or loses
 * a part of it
 */
export function packetOf(
  topic: string,
  payload: string | Buffer,
  beside: PacketProperties,
  server: MqttServerFacts,
): MqttPublish {
  if (!server.confirms)
    throw new WildcastError('unsupported', 'the MQTT server confirms no publish (its Maximum QoS is 0)')
  const properties = propertiesOf(beside)
  if (properties && server.version === 4)
    throw new WildcastError('unsupported', 'MQTT 3.1.1 carries nothing beside a payload; leave the headers out')
  const packet: MqttPublish = { topic, payload, properties }
  const size = sizeOf(packet)
  if (size > server.longestPacket)
    throw new WildcastError('too_large', `the packet has ${size} bytes, and the server takes ${server.longestPacket}`)
  return packet
}

/**
 * What a message carries beside its payload, without the marks of answers where those travel
 * otherwise.
 */
export function headersOf(message: BrokerMessage, marks: boolean): Headers {
  return headersOut(marks ? message : { ...message, more: undefined, error: undefined })
}

/**
 * Headers, and the marks of answers; undefined if there are more, or longer ones, than clients may
 * be sent.
 */
export function besideIn({ properties }: Incoming): Partial<BrokerMessage> | undefined {
  const { userProperties } = properties ?? {}
  return userProperties ? headersIn(entriesOf(userProperties)) : {}
}

function* entriesOf(properties: NonNullable<Properties['userProperties']>): Generator<[string, string]> {
  for (const name of Object.keys(properties)) for (const value of [properties[name]].flat()) yield [name, value ?? '']
}

/** The bytes of a payload, without the library's own methods. */
export function payloadIn({ payload }: Incoming): Uint8Array {
  const { buffer, byteOffset, byteLength } = payload as Buffer // a string goes out only
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function propertiesOf({ responseTopic, correlationData, headers = [] }: PacketProperties): Properties | undefined {
  if (responseTopic === undefined && correlationData === undefined && headers.length === 0) return undefined
  return {
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(headers.length > 0 ? { userProperties: userPropertiesOf(headers) } : {}),
  }
}

/** The library knows no other form: the values of a name are written together. */
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

/** The bytes of a PUBLISH, counted at least as long as it is (MQTT 5, 3.3). */
function sizeOf({ topic, payload, properties = {} }: MqttPublish): number {
  const { responseTopic, correlationData, userProperties } = properties
  let size = 5 + 2 + Buffer.byteLength(topic) + 2 + 4 + Buffer.byteLength(payload)
  if (responseTopic !== undefined) size += 3 + Buffer.byteLength(responseTopic)
  if (correlationData) size += 3 + correlationData.length
  for (const [name, value] of entriesOf(userProperties ?? {}))
    size += 5 + Buffer.byteLength(name) + Buffer.byteLength(value)
  return size
}
