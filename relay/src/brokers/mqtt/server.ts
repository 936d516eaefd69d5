import type { IConnackPacket } from 'mqtt'
import type { Version } from './options.js'

/** The facts that a server announced on connect. */
export interface MqttServerFacts {
  readonly version: Version
  /** The limit of unconfirmed publishes. */
  readonly window: number
  /** The limit of a packet in bytes, of the server or the settings. */
  readonly longestPacket: number
  /** Whether it confirms publishes. */
  readonly confirms: boolean
  readonly wildcards: boolean
  /** Whether its packets carry the identifiers of their subscriptions. */
  readonly identifiers: boolean
  readonly shares: boolean
  /** Whether it keeps retained messages. */
  readonly retains: boolean
}

/** A wider window is not faster, and packet ids are limited. */
const widestWindow = 1000

/** Reads the answer to CONNECT. MQTT 3.1.1 announces nothing: it gets the safe values. */
export function serverOf(
  { properties = {} }: Pick<IConnackPacket, 'properties'>,
  version: Version,
  maxPacketSize: number = Number.POSITIVE_INFINITY,
): MqttServerFacts {
  const five = version === 5
  return {
    version,
    window: Math.min(properties.receiveMaximum ?? widestWindow, widestWindow),
    longestPacket: Math.min(properties.maximumPacketSize ?? Number.POSITIVE_INFINITY, maxPacketSize),
    confirms: properties.maximumQoS !== 0,
    wildcards: properties.wildcardSubscriptionAvailable ?? true,
    identifiers: properties.subscriptionIdentifiersAvailable ?? five,
    retains: properties.retainAvailable ?? true,
    shares: properties.sharedSubscriptionAvailable ?? five,
  }
}
