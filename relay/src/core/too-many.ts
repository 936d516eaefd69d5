import { refusal, type WildcastError } from '@wildcast/protocol'
import { filterLimits, withoutFilter } from './filters/filter.js'
import type { SessionLimits } from './limits.js'

// Each returns the refusal of one more than a session may have.

export function tooManyRequests({ requests }: SessionLimits, inFlight: number): WildcastError | undefined {
  if (inFlight < requests) return undefined
  return refusal('rate_limited', `${requests} requests are in flight; wait for an answer`)
}

export function tooManySubscriptions({ subscriptions }: SessionLimits, count: number): WildcastError | undefined {
  if (count < subscriptions) return undefined
  return refusal('too_many_subscriptions', `a session has ${subscriptions} at most; use wildcards`)
}

export function tooManyFilters(count: number): WildcastError | undefined {
  if (count < filterLimits.session) return undefined
  return refusal('rate_limited', `a session has ${filterLimits.session} filters at most; ${withoutFilter}`)
}
