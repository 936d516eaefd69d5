import type { BrokerMessage } from '@wildcast/protocol'
import type { Listener } from '../core/broker.js'

/** Takes messages as a member does that is always there. */
export function listener(take: (message: BrokerMessage) => void): Listener {
  return {
    deliver(message, settle) {
      take(message)
      settle?.(true)
    },
    ended: () => {},
  }
}

export const deaf: Listener = listener(() => {})
