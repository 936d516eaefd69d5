import { WildcastError } from '@wildcast/protocol'

/** How the messages of a subscription are delivered. */
export interface Policy {
  /**
   * Of each subject only the newest message counts: a reader who is behind is not sent those before
   * it.
   */
  readonly latest: boolean
  /** Messages a second, at most. */
  readonly maxRate?: number | undefined
}

/** What a client may ask for. */
export interface AskedPolicy {
  readonly deliver?: 'all' | 'latest' | undefined
  /** Messages a second, at most. */
  readonly maxRate?: number | undefined
}

/**
 * Messages a second. What comes more rarely than every quarter of an hour is no stream any more.
 */
const leastRate = 0.001

/** Every message, as fast as the reader reads. */
export const everything: Policy = { latest: false }

/**
 * What a `Subscribe` asks for. A rate leaves messages out, so that it goes with the newest ones
 * only.
 * @throws {WildcastError} `invalid_frame`
 */
export function policyOf(asked: AskedPolicy | undefined): Policy {
  if (asked?.maxRate === undefined) return asked?.deliver === 'latest' ? { latest: true } : everything
  if (asked.deliver === 'all')
    throw new WildcastError(
      'invalid_frame',
      '"max_rate" keeps only the newest messages; leave "deliver" out, or "latest"',
    )
  if (asked.maxRate < leastRate) throw new WildcastError('invalid_frame', `"max_rate" must be ${leastRate} or more`)
  return { latest: true, maxRate: asked.maxRate }
}

export function samePolicy(a: Policy, b: Policy): boolean {
  return a.latest === b.latest && a.maxRate === b.maxRate
}
