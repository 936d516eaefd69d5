import type { Pattern } from '@wildcast/protocol'
import type { Feed } from './feed.js'

/** A subscription as its client sees it. */
export interface ClientSubscription {
  readonly id: number
  /** In normal form. */
  readonly subject: Pattern
}

export function subscriptionTo({ id, interest }: Feed): ClientSubscription {
  return { id, subject: interest.pattern }
}
