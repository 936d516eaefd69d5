import type { IConnackPacket } from 'mqtt'
import type { Version } from './options.js'

/** What a server said about itself when it was connected to. */
export interface MqttServerFacts {
  readonly version: Version
  /** How many publishes may wait for its confirmation. */
  readonly window: number
  /** Bytes of the longest packet that it takes, as it or the settings say. */
  readonly longestPacket: number
  /** It confirms what is published. */
  readonly confirms: boolean
  readonly wildcards: boolean
  /** What it delivers bears the identifier of the subscription that it belongs to. */
  readonly identifiers: boolean
  readonly shares: boolean
}

/** More would win no speed, and packet ids are few. */
const widestWindow = 1000

/** Reads the answer to CONNECT. What MQTT 3.1.1 leaves open is answered with care. */
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
    shares: properties.sharedSubscriptionAvailable ?? five,
  }
}
