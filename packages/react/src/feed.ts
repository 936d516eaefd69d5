import type { Message, SubscriptionStatus, WildcastError } from '@wildcast/client'

/**
 * How whole a list of messages is. `live`: nothing is missing. `catching-up`: the subscription is on its way, or was refused, as `status` tells. `stale`: it is interrupted, and what comes
 * meanwhile will be missing. `gap`: messages are missing among those that the list could hold.
 */
export type Continuity = 'live' | 'catching-up' | 'stale' | 'gap'

/** What a subscription has received, at one moment. A new object at each change, the same in between. */
export interface Feed<Data = unknown, Wildcards extends readonly string[] = readonly string[]> {
  /**
   * The newest messages, oldest first. The `key` of a message stays with it, for the rows of a
   * list.
   */
  readonly items: readonly Message<Data, Wildcards>[]
  /** The newest message. */
  readonly last: Message<Data, Wildcards> | undefined
  readonly status: SubscriptionStatus
  readonly continuity: Continuity
  /** How many messages were lost in all, as far as the relay could tell. */
  readonly missed: number
  /** Why the subscription was refused, while it is. */
  readonly error: WildcastError | undefined
}

/** Before anything has happened, and all that a server renders. */
export const emptyFeed: Feed = {
  items: [],
  last: undefined,
  status: 'idle',
  continuity: 'catching-up',
  missed: 0,
  error: undefined,
}

/** What follows for the list from the state of its subscription. */
export function continuityOf(status: SubscriptionStatus, holed: boolean): Continuity {
  if (status === 'reconnecting') return 'stale'
  if (status === 'ready') return holed ? 'gap' : 'live'
  return 'catching-up'
}
