import type { Headers, Subject } from '@wildcast/protocol'
import type { PublishCommand } from '../../../core/commands.js'
import type { PublishFacts } from '../../../core/publish-facts.js'
import { subjectOfTopic } from '../../../names/mqtt-topics.js'
import type { MqttProperties, Qos } from './codec/packets.js'

/** The fields that a PUBLISH and a will have in common. */
export interface MqttPublication {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: MqttProperties
}

/** Topics that the relay, or a server of MQTT, has for itself. */
export function isClosedTopic(topic: string): boolean {
  return topic.startsWith('$') || topic.startsWith('_')
}

/**
 * Returns the command of a publication. Undefined if its topic, or its response topic, has no
 * subject.
 * @param now - in milliseconds since 1970
 */
export function publishCommandOf(publication: MqttPublication, now: number): PublishCommand | undefined {
  const { topic, payload, properties } = publication
  const subject = subjectOfTopic(topic)
  if (subject === undefined) return undefined
  const { responseTopic, userProperties } = properties
  const responseSubject = responseTopic === undefined ? undefined : subjectOfTopic(responseTopic)
  if (responseTopic !== undefined && responseSubject === undefined) return undefined
  return {
    subject,
    // A copy: the packet is part of a larger buffer, which a message must not keep.
    payload: new Uint8Array(payload),
    responseSubject: responseSubject as Subject | undefined,
    headers: userProperties as Headers | undefined,
    facts: factsOf(publication, now),
  }
}

function factsOf({ qos, retain, properties }: MqttPublication, now: number): PublishFacts | undefined {
  const { contentType, correlationData, payloadFormat, messageExpiry } = properties
  const isBeside = contentType !== undefined || correlationData !== undefined || payloadFormat !== undefined
  if (qos === 0 && !retain && !isBeside && messageExpiry === undefined) return undefined
  const correlation = correlationData && new Uint8Array(correlationData)
  return {
    ...(qos > 0 && { qos: qos === 1 ? 1 : 2 }),
    ...(retain && { retain: true }),
    ...(messageExpiry !== undefined && { expiresAt: now + messageExpiry * 1000 }),
    ...(isBeside && { beside: { contentType, correlation, format: payloadFormat } }),
  }
}
