import type { BrokerMessage } from '@wildcast/protocol'
import type { Clock } from '../core/clock.js'
import { valuesOf, withHeader } from '../core/headers.js'

/** How many components a message has come through. */
const hopsHeader = 'wildcast-hops'

/** One that would trigger further components goes no further than this. */
export const mostHops = 16

/**
 * On brokers without headers: so many outputs a second, for each component and subject, that could
 * trigger a component again, after a burst of twice as many.
 */
const ratePerSecond = 50
const burst = 2 * ratePerSecond
/** Past this many subjects the oldest are forgotten: a loop meets its own again long before. */
const mostSubjects = 1000

/** Undefined where a message has come through too many components. */
export function hop(message: BrokerMessage, trigger: BrokerMessage): BrokerMessage | undefined {
  const hops = Number(valuesOf(trigger.headers, hopsHeader)[0] ?? 0) + 1
  if (!(hops <= mostHops)) return undefined
  return { ...message, headers: withHeader(message.headers, hopsHeader, String(hops)) }
}

/** Bounds loops where messages can't say how far they have come. */
export class LoopLimit {
  readonly #clock: Clock
  readonly #buckets: Map<string, { tokens: number; at: number }> = new Map()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether one more may go out on a subject now. */
  allows(broker: string, subject: string): boolean {
    const key = `${broker} ${subject}`
    const now = this.#clock.now()
    const { tokens, at } = this.#buckets.get(key) ?? { tokens: burst, at: now }
    const left = Math.min(burst, tokens + ((now - at) * ratePerSecond) / 1000)
    this.#buckets.delete(key)
    this.#buckets.set(key, { tokens: left < 1 ? left : left - 1, at: now })
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > mostSubjects && oldest !== undefined) this.#buckets.delete(oldest)
    return left >= 1
  }
}
