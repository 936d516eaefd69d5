import { WildcastError } from '@wildcast/protocol'

/** How the messages of a subscription are delivered. */
export interface Policy {
  /** Only the newest message of each subject counts: a slow reader does not get earlier ones. */
  readonly latest: boolean
  /** Messages a second, at most. */
  readonly maxRate?: number | undefined
  /** Only the number of the members is delivered, when it has changed. */
  readonly count?: true | undefined
}

/** A policy as a client asks for it. */
export interface AskedPolicy {
  readonly deliver?: 'all' | 'latest' | undefined
  /** Messages a second, at most. */
  readonly maxRate?: number | undefined
}

/** The lowest rate, in messages a second: one in 1,000 seconds. */
const leastRate = 0.001

/** Every message, as fast as the reader reads. */
export const everyMessage: Policy = { latest: false }

/** The number of members, with the newest only for a slow reader. */
export const memberCountPolicy: Policy = { latest: true, count: true }

/**
 * Returns the policy that a `Subscribe` asks for. A rate skips messages, so it needs `latest`.
 * @throws {WildcastError} `invalid_frame`
 */
export function policyOf(asked: AskedPolicy | undefined): Policy {
  if (asked?.maxRate === undefined) return asked?.deliver === 'latest' ? { latest: true } : everyMessage
  if (asked.deliver === 'all')
    throw new WildcastError(
      'invalid_frame',
      '"max_rate" keeps only the newest messages; leave "deliver" out, or "latest"',
    )
  if (asked.maxRate < leastRate) throw new WildcastError('invalid_frame', `"max_rate" must be ${leastRate} or more`)
  return { latest: true, maxRate: asked.maxRate }
}

export function samePolicy(a: Policy, b: Policy): boolean {
  return a.latest === b.latest && a.maxRate === b.maxRate && a.count === b.count
}
