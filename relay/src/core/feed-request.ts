import type { Action } from './access/grants.js'
import type { Interest } from './broker.js'
import type { Filter } from './filters/filter.js'
import type { Policy } from './policy.js'
import { patternOfMembers } from './presence-subjects.js'

/** A requested subscription. */
export interface FeedRequest {
  readonly broker: string
  readonly interest: Interest
  readonly policy: Policy
  readonly filter?: Filter | undefined
}

/** Equal for equal interests, which share a lease. No field can contain a space. */
export function interestKey(broker: string, { pattern, group, serve, answers }: Interest): string {
  // `join` rather than `+`: V8 keeps all the parts of a sum, and there may be a million keys.
  return [broker, pattern, group, serve === true, ...(answers ? ['answers'] : [])].join(' ')
}

/** Equal for subscriptions of one feed. */
export function feedRequestKey({ broker, interest, policy, filter }: FeedRequest): string {
  // A filter can contain spaces, so it is last.
  const { latest, maxRate, count } = policy
  return [interestKey(broker, interest), latest, maxRate, count === true, filter?.key].join(' ')
}

/** The action that needs permission, whatever the filter. */
export function subscribing({ broker, interest }: Pick<FeedRequest, 'broker' | 'interest'>): Action {
  const { pattern, serve } = interest
  return { kind: serve ? 'serve' : 'subscribe', subject: patternOfMembers(pattern) ?? pattern, broker }
}
