import { type BrokerMessage, payloadBytes, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'

/**
 * A message over which a broker hangs up takes its link away from everybody, however often it is
 * sent again.
 */
export interface Poison {
  /** The link broke, and this was the first message that the broker had not confirmed. */
  suspect(message: BrokerMessage): void
  /** The broker has taken it: what it hung up on before was something else. */
  clear(message: BrokerMessage): void
  /** Why a message is not sent. */
  refusal(message: BrokerMessage): WildcastError | undefined
}

/**
 * For how long a message that broke the link twice is refused. Its broker may be another one by
 * then.
 */
const banMs = 60_000

/** Refuses for a while what stood first at two breaks of the link in a row. */
export function poison(clock: Clock): Poison {
  let suspected: BrokerMessage | undefined
  let banned: BrokerMessage | undefined
  return {
    suspect(message) {
      if (!suspected || !same(suspected, message)) {
        suspected = message
        return
      }
      banned = message
      suspected = undefined
      clock.after(banMs, () => {
        if (banned === message) banned = undefined
      })
    },
    clear(message) {
      if (suspected && same(suspected, message)) suspected = undefined
    },
    refusal(message) {
      if (!banned || !same(banned, message)) return undefined
      const why = 'the broker hung up on this message twice; make it shorter, or name another subject'
      return new WildcastError('too_large', why)
    },
  }
}

function same(a: BrokerMessage, b: BrokerMessage): boolean {
  return (
    a.subject === b.subject && (a.payload === b.payload || sameBytes(payloadBytes(a.payload), payloadBytes(b.payload)))
  )
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
