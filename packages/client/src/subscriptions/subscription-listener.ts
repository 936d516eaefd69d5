import type { DeliveryPolicy, WildcastError } from '@wildcast/protocol/client'
import type { Message } from '../messages/message.js'
import type { SubscriptionEvents } from './subscription-events.js'

/** What is subscribed to. Equal wants are one interest. */
export interface SubscriptionSpec {
  readonly subject: string
  readonly broker: string | undefined
  readonly group: string | undefined
  readonly policy: DeliveryPolicy | undefined
  readonly serve?: true | undefined
}

/** One subscriber. */
export interface SubscriptionListener extends SubscriptionEvents {
  /** What it returns is a promise if the message is handled only when that is settled. */
  readonly onMessage: (message: Message) => unknown
  /** How many messages it has got that the app has not. */
  readonly waiting?: (() => number) | undefined
  /** Nothing comes any more: refused for good, aborted, or the client was closed. */
  readonly onEnd?: ((reason?: WildcastError) => void) | undefined
}
