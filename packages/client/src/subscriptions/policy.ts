import type { DeliveryPolicy } from '@wildcast/protocol/client'
import { checkNumber } from '../app/number-option.js'

/** How the relay delivers messages to a subscriber that is slow or wants fewer. */
export interface PolicyOptions {
  /**
   * `all`: every message; those beyond the relay's bounds are lost, and `onGap` reports how many.
   * `latest`: only the newest undelivered message of each subject; a replaced message is not a
   * loss.
   * @default 'all'
   */
  readonly deliver?: 'all' | 'latest' | undefined
  /**
   * The highest number of messages per second; at least one every 1,000 s.
   * @default Infinity, which means no limit
   */
  readonly maxRate?: number | undefined
}

/** The relay refuses lower rates. */
const leastRate = 0.001

/**
 * Converts options to a policy. Returns undefined for the default policy.
 * @throws {TypeError} if `deliver` is unknown, or `maxRate` isn't a number
 * @throws {RangeError} if `maxRate` is not above 0
 */
export function toPolicy({ deliver, maxRate = Infinity }: PolicyOptions): DeliveryPolicy | undefined {
  if (deliver !== undefined && deliver !== 'all' && deliver !== 'latest')
    throw new TypeError('deliver must be "all" or "latest"')
  const rate = checkNumber('maxRate', maxRate)
  const max_rate = rate === Infinity ? undefined : Math.max(leastRate, rate)
  return deliver === 'latest' || max_rate ? { deliver, max_rate } : undefined
}
