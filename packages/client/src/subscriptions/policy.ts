import type { DeliveryPolicy } from '@wildcast/protocol/client'
import { checkNumber } from '../app/number-option.js'

/**
 * How the messages of a subscription are brought to a reader that is slower than they come, or
 * wants fewer.
 */
export interface PolicyOptions {
  /**
   * `all`: every message; what is too much even for the relay's bounds is lost, and `onGap` tells
   * how many. `latest`: of each subject only the newest that has not been brought yet; what it
   * replaces is no loss. @default 'all'
   */
  readonly deliver?: 'all' | 'latest' | undefined
  /**
   * Messages a second at most; one every 1,000 s at least.
   * @default Infinity, which is as many as come
   */
  readonly maxRate?: number | undefined
}

/** The relay refuses lower ones. */
const leastRate = 0.001

/**
 * The policy that options ask for; undefined for what every subscription has.
 * @throws {TypeError} if `deliver` is unknown, or `maxRate` is no number
 * @throws {RangeError} if `maxRate` is not above 0
 */
export function toPolicy({ deliver, maxRate = Infinity }: PolicyOptions): DeliveryPolicy | undefined {
  if (deliver !== undefined && deliver !== 'all' && deliver !== 'latest')
    throw new TypeError('deliver "all" or "latest"')
  const rate = checkNumber('maxRate', maxRate)
  const max_rate = rate === Infinity ? undefined : Math.max(leastRate, rate)
  return deliver === 'latest' || max_rate ? { deliver, max_rate } : undefined
}
