import { WildcastError } from '@wildcast/protocol'
import type { Undo } from './clock.js'
import type { Listener } from './listener.js'
import type { Message } from './message.js'
import type { SubscriptionEvents } from './subscription-events.js'

/** A subscription to loop over. */
export interface Subscription<Data = unknown, Wildcards extends readonly string[] = readonly string[]>
  extends AsyncIterable<Message<Data, Wildcards>> {
  /** Resolves when the broker has confirmed; rejects where it never will. */
  readonly ready: Promise<void>
  /** Ends the subscription, and the loop once it has seen what came before. */
  unsubscribe(): void
}

/** Makes a listener a subscription: nothing is lost while the loop is busy, and a final refusal ends it. */
export function toSubscription(
  add: (listener: Listener) => Undo,
  onStatus: SubscriptionEvents['onStatus'],
): Subscription {
  // No bound: a slow loop loses nothing.
  const waiting: Message[] = []
  let end: { readonly reason: WildcastError | undefined } | undefined
  let stir: (() => void) | undefined
  let undo: Undo | undefined
  let resolve: (() => void) | undefined
  let reject: ((reason: WildcastError) => void) | undefined
  const ready = new Promise<void>((...settle) => {
    ;[resolve, reject] = settle
  })
  // Who does not look at it hears by the loop and by onError, not as an unhandled rejection.
  ready.catch(() => {})

  const finish = (reason?: WildcastError): void => {
    end ??= { reason }
    reject?.(reason ?? new WildcastError('interrupted', 'unsubscribed'))
    stir?.()
    undo?.()
  }
  async function* loop(): AsyncGenerator<Message, void> {
    try {
      while (!end || waiting.length > 0) {
        if (waiting.length === 0)
          await new Promise<void>((wake) => {
            stir = wake
          })
        yield* waiting.splice(0)
      }
      if (end.reason) throw end.reason
    } finally {
      finish()
    }
  }

  undo = add({
    onMessage(message) {
      waiting.push(message)
      stir?.()
    },
    onStatus(status) {
      if (status === 'ready') resolve?.()
      onStatus?.(status)
    },
    onEnd: finish,
  })
  return { ready, unsubscribe: () => finish(), [Symbol.asyncIterator]: loop }
}
