import type { Pattern } from '@wildcast/protocol'
import type { Feed } from './feed.js'
import type { KeptMessages } from './history/feed-history.js'

/** A subscription as its client sees it. */
export interface ClientSubscription extends KeptMessages {
  readonly id: number
  /** In normal form. */
  readonly subject: Pattern
  /** Whether no kept message can be missing, if it has asked for those after a position. */
  readonly recovered?: boolean | undefined
}

export function subscriptionTo({ id, interest, kept }: Feed): ClientSubscription {
  return { id, subject: interest.pattern, ...kept }
}
