import type { LinkSettings } from '../../../brokers/settings.js'
import { defined } from './defined.js'
import { type Optional, optional } from './table.js'
import { wholeNumber } from './values.js'

const anHour = 3_600_000

/** The keys that every connection to a broker has. */
export const linkEntries: {
  readonly ping_interval: Optional<number>
  readonly pint_interval: Optional<number>
  readonly publish_timeout_ms: Optional<number>
} = {
  ping_interval: optional(wholeNumber(1, anHour, 'milliseconds')),
  // The original's documentation spells it like this.
  pint_interval: optional(wholeNumber(1, anHour, 'milliseconds')),
  publish_timeout_ms: optional(wholeNumber(0, anHour, 'milliseconds')),
}

interface Link {
  readonly ping_interval?: number
  readonly pint_interval?: number
  readonly publish_timeout_ms?: number
}

export function linkOf({ ping_interval, pint_interval, publish_timeout_ms }: Link): LinkSettings {
  return defined({ pingIntervalMs: ping_interval ?? pint_interval, publishTimeoutMs: publish_timeout_ms })
}
