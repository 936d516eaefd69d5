import type { Pattern } from '@wildcast/protocol'
import type { Feed } from './feed.js'

/** A subscription as its client sees it. */
export interface ClientSubscription {
  readonly id: number
  /** In normal form. */
  readonly subject: Pattern
  /** The newest position of the history, if messages of the pattern are kept. */
  readonly position?: string | undefined
  /** Whether no message can be missing, if it has asked for those after a position. */
  readonly recovered?: boolean | undefined
}

export function subscriptionTo({ id, interest, position }: Feed): ClientSubscription {
  return { id, subject: interest.pattern, position }
}
