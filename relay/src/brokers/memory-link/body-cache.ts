import type { BrokerMessage } from '@wildcast/protocol'
import { messageBody } from './bodies.js'

/** Encodes a message once for all relays that receive it. */
export interface BodyCache {
  encode(message: BrokerMessage): Uint8Array
  /** Stores the body with which a message arrived. */
  store(message: BrokerMessage, body: Uint8Array): void
}

/** A broker delivers one message after the other, so one body is cached. */
export function bodyCache(): BodyCache {
  let last: { readonly message: BrokerMessage; readonly body: Uint8Array } | undefined
  return {
    encode(message) {
      if (last?.message !== message) last = { message, body: messageBody(message) }
      return last.body
    },
    store(message, body) {
      last = { message, body }
    },
  }
}
