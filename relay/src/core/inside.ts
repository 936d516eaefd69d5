import type { BrokerMessage, Pattern } from '@wildcast/protocol'
import type { Feature, Interest, Listener } from './broker.js'
import type { Clock } from './clock.js'

/**
 * Access to the brokers for code inside the relay: without a session, and without the limits and
 * permissions of clients.
 */
export interface Inside {
  readonly clock: Clock
  /** The names of all brokers, those of namespaces included. */
  brokers(): readonly string[]
  /**
   * Resolves with the undo when the broker has confirmed. See `Broker.subscribe`.
   * @throws {WildcastError} `unknown_broker`
   */
  listen(broker: string, interest: Interest, listener: Listener): Promise<() => Promise<void>>
  /**
   * Resolves when the broker has the message. See `Broker.publish`.
   * @param answered - the subject of the request that the message answers
   * @throws {WildcastError} `unknown_broker`, `too_large`, `invalid_payload`
   */
  publish(broker: string, message: BrokerMessage, answered?: Pattern): Promise<void>
  /** @throws {WildcastError} `unknown_broker` */
  can(broker: string, feature: Feature): boolean
}
