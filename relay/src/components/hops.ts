import type { BrokerMessage } from '@wildcast/protocol'
import type { Clock } from '../core/clock.js'
import { valuesOf, withHeader } from '../core/headers.js'

/** Counts the components that a message has come through. */
const hopsHeader = 'wildcast-hops'

/** A message that has come through more triggers no further component. */
export const mostHops = 16

/**
 * On brokers without headers: a component's limit of outputs a second on a subject that triggers a
 * component, after a burst of twice as many.
 */
const ratePerSecond = 50
const burst = 2 * ratePerSecond
/** Past this many subjects the oldest are forgotten: a loop repeats its own long before. */
const mostSubjects = 1000

/** Returns the message with its hops counted; undefined past the limit. */
export function hop(message: BrokerMessage, trigger: BrokerMessage): BrokerMessage | undefined {
  const hops = Number(valuesOf(trigger.headers, hopsHeader)[0] ?? 0) + 1
  if (!(hops <= mostHops)) return undefined
  return { ...message, headers: withHeader(message.headers, hopsHeader, String(hops)) }
}

/** Bounds loops on brokers whose messages can't count their hops. */
export class LoopLimit {
  readonly #clock: Clock
  readonly #buckets: Map<string, { tokens: number; at: number }> = new Map()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Returns whether a subject may get another message. */
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
