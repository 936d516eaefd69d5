import { type BrokerMessage, payloadBytes, WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'

/** Messages over which the broker closes the connection, which breaks the link for all clients. */
export interface PoisonMessages {
  /** Records the first message that the broker had not confirmed when the link broke. */
  suspect(message: BrokerMessage): void
  /** Records that the broker has confirmed a message: it did not break the link. */
  clear(message: BrokerMessage): void
  /** Returns the error of a message that must not be sent. */
  refusal(message: BrokerMessage): WildcastError | undefined
}

/** How long a message that broke the link twice is refused. Later the broker may have changed. */
const banMs = 60_000

/** Refuses a message for a while if it was the suspect of two breaks of the link in a row. */
export function poisonMessages(clock: Clock): PoisonMessages {
  let suspected: BrokerMessage | undefined
  let banned: BrokerMessage | undefined
  return {
    suspect(message) {
      if (!suspected || !isSame(suspected, message)) {
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
      if (suspected && isSame(suspected, message)) suspected = undefined
    },
    refusal(message) {
      if (!banned || !isSame(banned, message)) return undefined
      const text = 'the broker closed the connection over this message twice; make it shorter, or name another subject'
      return new WildcastError('too_large', text)
    },
  }
}

function isSame(a: BrokerMessage, b: BrokerMessage): boolean {
  return (
    a.subject === b.subject && (a.payload === b.payload || sameBytes(payloadBytes(a.payload), payloadBytes(b.payload)))
  )
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
