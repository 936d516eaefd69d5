import type { Continuity, Message, MessageParams, SubscriptionStatus, WildcastError } from '@wildcast/client'

/** The state of a subscription at one moment: a new object at each change, the same in between. */
export interface SubscriptionFeed<Data = unknown, Wildcards extends MessageParams = readonly string[]> {
  /** The newest messages, oldest first. A message keeps its `key`, for the rows of a list. */
  readonly items: readonly Message<Data, Wildcards>[]
  /** The newest message. */
  readonly last: Message<Data, Wildcards> | undefined
  readonly status: SubscriptionStatus
  /** How complete the list is. `gap`: messages are missing among those that it could hold. */
  readonly continuity: Continuity
  /**
   * When the list was last known to be complete, in milliseconds since 1970; undefined until
   * `status` is first `ready`. While `live`, when that began. After a loss, when the last message
   * before it arrived; after a disconnect, when the last frame arrived.
   */
  readonly asOf: number | undefined
  /** The number of messages lost in total, as far as the relay knows it. */
  readonly missed: number
  /** Why the subscription is refused, while it is. */
  readonly error: WildcastError | undefined
}

/** The initial state, and the only one in a server render. */
export const emptyFeed: SubscriptionFeed = {
  items: [],
  last: undefined,
  status: 'idle',
  continuity: 'catching-up',
  asOf: undefined,
  missed: 0,
  error: undefined,
}
