import type { BrokerMessage } from '@wildcast/protocol'
import type { Listener } from '../core/broker.js'

/** Takes every message, as a member does that is never behind. */
export function listener(take: (message: BrokerMessage) => void): Listener {
  return {
    deliver(message, settle) {
      take(message)
      settle?.(true)
    },
    ended: () => {},
  }
}

/** Takes and ignores every message. */
export const deaf: Listener = listener(() => {})
