import type { RelayFrame } from '@wildcast/protocol'
import type { Exchanges } from './exchanges.js'
import { toError } from './failure.js'
import type { OnError } from './options.js'
import type { Subscriptions } from './subscriptions.js'

/** Hands each frame to the part that it concerns. */
export function openRoute(
  subscriptions: Subscriptions,
  exchanges: Exchanges,
  onError: OnError,
): (frame: RelayFrame) => void {
  return (frame) => {
    switch (frame.kind) {
      case 'Message':
        subscriptions.message(frame)
        break
      case 'Ack':
      case 'Response':
      case 'Subscribed':
        exchanges.answer(frame)
        break
      case 'Unsubscribed':
        subscriptions.ended(frame)
        break
      case 'Gap':
        subscriptions.gap(frame)
        break
      case 'Error': {
        const error = toError(frame)
        if (!exchanges.fail(frame.ref, error) && !subscriptions.fail(frame.id, error))
          onError(error, { stage: 'protocol' })
        break
      }
      // The link has seen to these.
      case 'Welcome':
      case 'Ping':
      case 'GoingAway':
      // These answer what this version never asks for: resume and retained values.
      case 'Received':
      case 'Synced':
    }
  }
}
