import type { DeliveryPolicy, JsonValue, WildcastError } from '@wildcast/protocol/client'
import type { Message } from '../messages/message.js'
import type { SubscriptionEvents } from './subscription-events.js'

/**
 * The parameters of a subscription. Equal ones share one subscription on the wire, unless they ask
 * for values, kept messages or a number: each of these gets them at once.
 */
export interface SubscriptionSpec {
  readonly subject: string
  readonly broker: string | undefined
  readonly group: string | undefined
  readonly policy: DeliveryPolicy | undefined
  readonly serve?: true | undefined
  readonly retained?: boolean | undefined
  readonly count?: boolean | undefined
  readonly filter?: JsonValue | undefined
  readonly after?: string | undefined
  readonly last?: number | undefined
}

/** The callbacks of a subscriber. */
export interface SubscriptionListener extends SubscriptionEvents {
  /** If it returns a promise, the message is handled when that settles. */
  readonly onMessage: (message: Message) => unknown
  /**
   * Takes a message whose data does not fit the contract, so that the app does not get it.
   * @default nothing: it is left out
   */
  readonly onUnfit?: ((message: Message) => unknown) | undefined
  /** Returns how many received messages the app has not taken yet. */
  readonly waiting?: (() => number) | undefined
  /** The subscription has ended: it was refused for good or aborted, or the client was closed. */
  readonly onEnd?: ((reason?: WildcastError) => void) | undefined
}
