import type { WildcastError } from '@wildcast/protocol'
import type { IPublishPacket } from 'mqtt'
import type { MqttServerFacts } from './server.js'

export type Incoming = Pick<IPublishPacket, 'topic' | 'payload' | 'properties'> &
  Partial<Pick<IPublishPacket, 'messageId' | 'dup'>>
export type Properties = NonNullable<IPublishPacket['properties']>

export interface MqttPublish {
  readonly topic: string
  readonly payload: string | Buffer
  readonly properties?: Properties | undefined
}

export interface WireEvents {
  /** What subscriptions bring, and nothing that was retained. */
  received(packet: Incoming): void
  /** It has ended by itself. Whatever waited has failed. */
  lost(cause: WildcastError): void
}

/**
 * One connection to an MQTT server: it ends once. With its end whatever waits for it fails with
 * `broker_down`.
 */
export interface MqttWire {
  readonly server: MqttServerFacts
  /**
   * The identifier comes back with what the filter brings. @throws {WildcastError} `forbidden` …
   */
  subscribe(filter: string, identifier?: number): Promise<void>
  /** Resolves when the server has confirmed it, or the wire has ended. */
  unsubscribe(filter: string): Promise<void>
  /**
   * At least once, in order. Resolves with whether anybody subscribes, as far as the server says.
   * @throws {WildcastError}
   */
  publish(packet: MqttPublish): Promise<boolean>
  /** Ends it in good order, waiting a little for what is under way. Never rejects. */
  close(): Promise<void>
}
