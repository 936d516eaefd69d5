import type { Continuity, Message, SubscriptionStatus, WildcastError } from '@wildcast/client'

/**
 * What a subscription has received, at one moment. A new object at each change, the same in
 * between.
 */
export interface SubscriptionFeed<Data = unknown, Wildcards extends readonly string[] = readonly string[]> {
  /**
   * The newest messages, oldest first. The `key` of a message stays with it, for the rows of a
   * list.
   */
  readonly items: readonly Message<Data, Wildcards>[]
  /** The newest message. */
  readonly last: Message<Data, Wildcards> | undefined
  readonly status: SubscriptionStatus
  /** How whole the list is. `gap`: messages are missing among those that it could hold. */
  readonly continuity: Continuity
  /**
   * When the list was last known to be whole, in milliseconds since 1970; undefined before `status`
   * was `ready`. Once it is not `live` any more, this is the relay's last sign of life before that.
   */
  readonly asOf: number | undefined
  /** How many messages were lost in all, as far as the relay could tell. */
  readonly missed: number
  /** Why the subscription was refused, while it is. */
  readonly error: WildcastError | undefined
}

/** Before anything has happened, and all that a server renders. */
export const emptyFeed: SubscriptionFeed = {
  items: [],
  last: undefined,
  status: 'idle',
  continuity: 'catching-up',
  asOf: undefined,
  missed: 0,
  error: undefined,
}
