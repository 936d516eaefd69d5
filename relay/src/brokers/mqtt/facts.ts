import type { BrokerMessage } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { MqttServerFacts } from './server.js'
import type { Incoming, Properties } from './wire.js'

type Wall = Pick<Clock, 'wall'>

/** The properties of MQTT 5 that a message has besides its headers and addresses. */
export type FactProperties = Pick<
  Properties,
  'contentType' | 'payloadFormatIndicator' | 'messageExpiryInterval' | 'correlationData'
>

/** Returns the properties of a message. Empty on MQTT 3.1.1, which has none. */
export function factProperties(
  { beside, expiresAt }: Pick<BrokerMessage, 'beside' | 'expiresAt'>,
  { version }: Pick<MqttServerFacts, 'version'>,
  clock: Wall,
): FactProperties {
  if (version === 4 || (!beside && expiresAt === undefined)) return {}
  const { contentType, correlation, format } = beside ?? {}
  return {
    ...(contentType !== undefined && { contentType }),
    ...(correlation && { correlationData: Buffer.from(correlation) }),
    ...(format !== undefined && { payloadFormatIndicator: format === 1 }),
    ...(expiresAt !== undefined && { messageExpiryInterval: secondsUntil(expiresAt, clock) }),
  }
}

/**
 * Returns the facts of a packet. Correlation data beside a response topic belongs to that, and is
 * not among them.
 */
export function packetFacts(
  { properties, qos }: Pick<Incoming, 'properties' | 'qos'>,
  clock: Wall,
): Pick<BrokerMessage, 'beside' | 'qos' | 'expiresAt'> {
  const facts = qos ? { qos } : {}
  if (!properties) return facts
  const { contentType, payloadFormatIndicator: format, messageExpiryInterval: seconds } = properties
  const correlation = properties.responseTopic === undefined ? properties.correlationData : undefined
  const hasBeside = contentType !== undefined || format !== undefined || correlation !== undefined
  return {
    ...facts,
    ...(hasBeside && {
      beside: {
        ...(contentType !== undefined && { contentType }),
        ...(correlation && { correlation: new Uint8Array(correlation) }),
        ...(format !== undefined && { format: format ? 1 : 0 }),
      },
    }),
    ...(seconds !== undefined && { expiresAt: clock.wall() + seconds * 1000 }),
  }
}

/** A server drops a message with 0 seconds: one that has just expired is sent with one. */
function secondsUntil(at: number, clock: Wall): number {
  return Math.min(Math.max(1, Math.ceil((at - clock.wall()) / 1000)), 2 ** 32 - 1)
}
