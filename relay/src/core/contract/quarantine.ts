import type { BrokerMessage, Pattern } from '@wildcast/protocol'

const prefix = '$quarantine.'

/**
 * Returns the pattern whose quarantined data a subscription receives: `room.*` for
 * `$quarantine.room.*`. Undefined for any other pattern.
 */
export function quarantined(pattern: Pattern): Pattern | undefined {
  return pattern.startsWith(prefix) ? (pattern.slice(prefix.length) as Pattern) : undefined
}

/** Returns a message as those receive it who may see what does not fit. */
export function toQuarantine({ subject, payload, headers, user }: BrokerMessage): BrokerMessage {
  return { subject: `${prefix}${subject}` as Pattern, payload, headers, user }
}
