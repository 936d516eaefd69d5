import { type BrokerMessage, payloadBytes, type Subject } from '@wildcast/protocol'
import { isTopicText, topicOfSubject } from '../../../names/mqtt-topics.js'
import type { MqttProperties, PublishPacket } from './codec/packets.js'

/** The most bytes of a text in a packet. */
const longestText = 65_535

/** Returns the seconds until a message expires, at least 1. Undefined if it never does. */
export function expiryLeft({ expiresAt }: Pick<BrokerMessage, 'expiresAt'>, now: number): number | undefined {
  return expiresAt === undefined ? undefined : Math.max(1, Math.ceil((expiresAt - now) / 1000))
}

/** Whether a message is no longer worth a delivery. */
export function isExpired({ expiresAt }: Pick<BrokerMessage, 'expiresAt'>, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now
}

/**
 * Returns a message as a PUBLISH with QoS 0. Undefined if its subject is no topic.
 * @param now - in milliseconds since 1970
 */
export function publishPacketOf(message: BrokerMessage, now: number): PublishPacket | undefined {
  // A message has one of these subjects, not a pattern: no relay takes wildcards from MQTT.
  const topic = topicOfSubject(message.subject as string as Subject)
  if (topic === undefined || Buffer.byteLength(topic) > longestText) return undefined
  const payload = payloadBytes(message.payload)
  return { type: 'publish', topic, payload, qos: 0, retain: false, dup: false, properties: propertiesOf(message, now) }
}

function propertiesOf(message: BrokerMessage, now: number): MqttProperties {
  const { beside, responseSubject, headers } = message
  const messageExpiry = expiryLeft(message, now)
  if (!beside && responseSubject === undefined && !headers && messageExpiry === undefined) return none
  const { contentType, correlation, format } = beside ?? {}
  const responseTopic = responseSubject === undefined ? undefined : topicOfSubject(responseSubject)
  // Headers may come from other gateways: a text that MQTT can't carry is left out.
  const userProperties = headers?.filter(([name, value]) => isMqttText(name) && isMqttText(value))
  return {
    ...(messageExpiry !== undefined && { messageExpiry }),
    ...(contentType !== undefined && isMqttText(contentType) && { contentType }),
    ...(correlation && { correlationData: correlation }),
    ...(format !== undefined && { payloadFormat: format }),
    ...(responseTopic !== undefined && { responseTopic }),
    ...(userProperties && userProperties.length > 0 && { userProperties }),
  }
}

function isMqttText(text: string): boolean {
  return isTopicText(text) && Buffer.byteLength(text) <= longestText
}

const none: MqttProperties = {}
