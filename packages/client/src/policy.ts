import type { Policy } from '@wildcast/protocol'

/** How the messages of a subscription are brought to a reader that is slower than they come, or wants fewer. */
export interface PolicyOptions {
  /**
   * `all`: every message; what is too much even for the relay's bounds is lost, and `onGap` tells how many. `latest`: of each subject only the newest that has not been brought
   * yet; what it replaces is no loss. @default 'all'
   */
  readonly deliver?: 'all' | 'latest' | undefined
  /** Messages a second at most. @default as many as come */
  readonly maxRate?: number | undefined
}

/**
 * The policy that options ask for; undefined for what every subscription has.
 * @throws {RangeError} where they ask for no policy that there is
 */
export function toPolicy({ deliver, maxRate: max_rate }: PolicyOptions): Policy | undefined {
  if (![undefined, 'all', 'latest'].includes(deliver)) throw new TypeError('deliver "all" or "latest"')
  if (!((max_rate ?? 1) > 0)) throw new RangeError('maxRate is a number above 0')
  return deliver === 'latest' || max_rate ? { deliver, max_rate } : undefined
}
