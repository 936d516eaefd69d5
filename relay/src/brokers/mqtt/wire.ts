import type { WildcastError } from '@wildcast/protocol'
import type { IPublishPacket } from 'mqtt'
import type { MqttServerFacts } from './server.js'

export type Incoming = Pick<IPublishPacket, 'topic' | 'payload' | 'properties'> &
  Partial<Pick<IPublishPacket, 'messageId' | 'dup' | 'retain' | 'qos'>>
export type Properties = NonNullable<IPublishPacket['properties']>

export interface MqttPublish {
  readonly topic: string
  readonly payload: string | Buffer
  readonly properties?: Properties | undefined
  /** The server keeps it as the retained message of the topic; an empty payload deletes that. */
  readonly retain?: boolean | undefined
}

export interface WireEvents {
  /**
   * Called for each packet of a subscription. `retain` is set if it was published so; MQTT 3.1.1
   * does not report that.
   */
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
  /**
   * Subscribes to the retained messages of a filter. The server sends them once, with `retain`, at
   * QoS 0: of those at QoS 1, mosquitto drops all that exceed its queue. Later messages of the
   * filter come without `retain`.
   * @throws {WildcastError} as `subscribe`
   */
  subscribeRetained(filter: string): Promise<void>
  /**
   * Resolves when all packets have been received that the server had for this connection before.
   * @throws {WildcastError} `forbidden` or `timeout` if the server returns no message to the relay
   */
  mark(): Promise<void>
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
