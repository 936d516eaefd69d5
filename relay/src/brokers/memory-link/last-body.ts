import type { BrokerMessage } from '@wildcast/protocol'
import { messageBody } from './bodies.js'

/**
 * The body of the message that is handed out: written for the first who gets it, and shared with
 * the others.
 */
export interface LastBody {
  of(message: BrokerMessage): Uint8Array
  /** This message came as this body. */
  know(message: BrokerMessage, body: Uint8Array): void
}

/** A broker hands out one message after the other, so that one body is all that is kept. */
export function lastBody(): LastBody {
  let last: { readonly message: BrokerMessage; readonly body: Uint8Array } | undefined
  return {
    of(message) {
      if (last?.message !== message) last = { message, body: messageBody(message) }
      return last.body
    },
    know(message, body) {
      last = { message, body }
    },
  }
}
