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
  /** Called for each packet of a subscription that was not retained. */
  received(packet: Incoming): void
  /** Called when it has ended by itself. Its pending calls have failed. */
  lost(cause: WildcastError): void
}

/**
 * One connection to an MQTT server. It ends once, which rejects pending calls with `broker_down`.
 */
export interface MqttWire {
  readonly server: MqttServerFacts
  /**
   * Packets of the filter carry the identifier.
   * @throws {WildcastError} `forbidden`, or another refusal
   */
  subscribe(filter: string, identifier?: number): Promise<void>
  /** Resolves when the server has confirmed it, or the connection has ended. */
  unsubscribe(filter: string): Promise<void>
  /**
   * Publishes at least once, in order. Resolves with false if the server reports that the topic has
   * no subscriber.
   * @throws {WildcastError} if the server refuses it
   */
  publish(packet: MqttPublish): Promise<boolean>
  /** Waits a little for pending calls, then disconnects. Never rejects. */
  close(): Promise<void>
}
