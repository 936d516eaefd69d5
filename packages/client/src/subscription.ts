import { WildcastError } from '@wildcast/protocol'
import type { Listener } from './audience.js'
import type { Undo } from './clock.js'
import { openMailbox } from './mailbox.js'
import type { Message } from './message.js'
import type { SubscriptionEvents } from './subscription-events.js'

/** A subscription to loop over. */
export interface Subscription extends AsyncIterable<Message> {
  /** Resolves when the broker has confirmed; rejects where it never will. */
  readonly ready: Promise<void>
  /** Ends the subscription, and the loop once it has seen what came before. */
  unsubscribe(): void
}

/** Makes a listener a subscription: nothing is lost while the loop is busy, and a final refusal ends it. */
export function toSubscription(
  add: (listener: Listener) => Undo,
  events: SubscriptionEvents & { onError(error: WildcastError): void },
  signal: AbortSignal | undefined,
): Subscription {
  const mailbox = openMailbox<Message>()
  let undo: Undo | undefined
  let resolve: (() => void) | undefined
  let reject: ((error: WildcastError) => void) | undefined
  const ready = new Promise<void>((...settle) => {
    ;[resolve, reject] = settle
  })
  // Who does not look at it hears by the loop and by onError, not as an unhandled rejection.
  ready.catch(() => undefined)

  const finish = (reason?: WildcastError): void => {
    mailbox.end(reason)
    reject?.(reason ?? new WildcastError('interrupted', 'the subscription was ended'))
    signal?.removeEventListener('abort', end)
    undo?.()
  }
  const end = (): void => finish()
  const listener: Listener = {
    ...events,
    onMessage: mailbox.put,
    onClose: end,
    onStatus(status) {
      if (status === 'ready') resolve?.()
      events.onStatus?.(status)
    },
    onError(error) {
      events.onError(error)
      if (!error.retry) finish(error)
    },
  }
  async function* loop(): AsyncGenerator<Message, void> {
    try {
      yield* mailbox.items()
    } finally {
      finish()
    }
  }

  if (signal?.aborted) finish()
  else {
    undo = add(listener)
    signal?.addEventListener('abort', end)
  }
  return { ready, unsubscribe: end, [Symbol.asyncIterator]: loop }
}
