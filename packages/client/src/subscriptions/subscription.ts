import { WildcastError } from '@wildcast/protocol/client'
import type { Message } from '../messages/message.js'
import type { Undo } from '../time/clock.js'
import type { Listener } from './listener.js'
import { openMessageQueue } from './message-queue.js'
import type { SubscriptionEvents } from './subscription-events.js'

/**
 * A subscription to loop over. Several loops share its messages: each message goes to one of them.
 * The subscription ends when the last loop leaves, by `break`, `return()` or `throw()`.
 */
export interface Subscription<Data = unknown, Wildcards extends readonly string[] = readonly string[]>
  extends AsyncIterable<Message<Data, Wildcards>> {
  /** Resolves when the broker has confirmed; rejects if it never will. */
  readonly ready: Promise<void>
  /** Ends the subscription. Its loops end after the messages that came before. */
  unsubscribe(): void
  [Symbol.asyncIterator](): AsyncIterableIterator<Message<Data, Wildcards>, undefined>
}

/** Makes a listener a subscription: a busy loop loses nothing, and a final refusal ends it. */
export function toSubscription(
  add: (listener: Listener) => Undo,
  onStatus: SubscriptionEvents['onStatus'],
): Subscription {
  let ended = false
  let undo: Undo | undefined
  let resolve: (() => void) | undefined
  let reject: ((reason: WildcastError) => void) | undefined
  const ready = new Promise<void>((onReady, onEnd) => {
    resolve = onReady
    reject = onEnd
  })
  // The loop and onError report it, too: without a reader of `ready` it is no unhandled rejection.
  ready.catch(() => {})

  const finish = (reason?: WildcastError): void => {
    ended = true
    reject?.(reason ?? new WildcastError('interrupted', 'unsubscribed'))
    queue.end(reason)
    undo?.()
  }
  const queue = openMessageQueue(finish)

  undo = add({
    onMessage: (message) => queue.push(message),
    onStatus(status) {
      if (status === 'ready') resolve?.()
      return onStatus?.(status)
    },
    onEnd: finish,
  })
  if (ended) undo()
  return { ready, unsubscribe: () => finish(), [Symbol.asyncIterator]: () => queue.loop() }
}
