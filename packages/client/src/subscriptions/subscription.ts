import type { WildcastError } from '@wildcast/protocol/client'
import { interrupted } from '../connection/interrupted.js'
import type { RelayLink } from '../connection/relay-link.js'
import type { Message, MessageParams } from '../messages/message.js'
import type { Undo } from '../time/clock.js'
import { openMessageQueue } from './message-queue.js'
import type { Completeness, Continuity, SubscriptionEvents } from './subscription-events.js'
import type { SubscriptionListener } from './subscription-listener.js'

/**
 * A subscription to loop over. Several loops share its messages: each message goes to one of them.
 * The subscription ends when the last loop ends by `break`, `return()` or `throw()`.
 */
export interface Subscription<Data = unknown, Wildcards extends MessageParams = readonly string[]>
  extends AsyncIterable<Message<Data, Wildcards>> {
  /** Resolves when the broker has confirmed the subscription; rejects if it never will. */
  readonly ready: Promise<void>
  /** Whether the messages are complete. */
  readonly continuity: Continuity
  /**
   * When the messages were last known to be complete, in milliseconds since 1970. While `live`:
   * when the last frame of the relay was received. Undefined before `ready`.
   */
  readonly asOf: number | undefined
  /** The total number of lost messages that the relay could count. */
  readonly missed: number
  /**
   * Ends the subscription. Its loops end after the received messages; in a group, other members get
   * those that no loop has taken.
   */
  unsubscribe(): void
  [Symbol.asyncIterator](): AsyncIterableIterator<Message<Data, Wildcards>, undefined>
}

/** Creates a subscription from a listener. Messages are queued; a final refusal ends it. */
export function toSubscription(
  add: (listener: SubscriptionListener) => Undo,
  { onStatus, onContinuity, group }: SubscriptionEvents & { readonly group?: string | undefined },
  link: Pick<RelayLink, 'aliveAt'>,
): Subscription {
  const isQueue = group !== undefined
  let now: Completeness = { continuity: 'catching-up', asOf: undefined, missed: 0 }
  let ended = false
  let undo: Undo | undefined
  let resolve: (() => void) | undefined
  let reject: ((reason: WildcastError) => void) | undefined
  const ready = new Promise<void>((onReady, onEnd) => {
    resolve = onReady
    reject = onEnd
  })
  // Not an unhandled rejection: the loop and `onError` report the refusal, too.
  ready.catch(() => {})

  const finish = (reason?: WildcastError): void => {
    ended = true
    reject?.(reason ?? interrupted('unsubscribed'))
    undo?.()
    if (isQueue) queue.waiting.length = 0 // other members get them
    queue.end(reason)
  }
  const queue = openMessageQueue(finish)

  undo = add({
    onMessage: (message) => (isQueue ? new Promise<void>((done) => queue.push(message, done)) : queue.push(message)),
    waiting: () => queue.waiting.length,
    onStatus(status) {
      if (status === 'ready') resolve?.()
      return onStatus?.(status)
    },
    onContinuity(to) {
      now = to
      return onContinuity?.(to)
    },
    onEnd: finish,
  })
  if (ended) undo()
  return {
    ready,
    get continuity() {
      return now.continuity
    },
    get asOf() {
      return now.continuity === 'live' ? link.aliveAt : now.asOf
    },
    get missed() {
      return now.missed
    },
    unsubscribe: () => finish(),
    [Symbol.asyncIterator]: () => queue.loop(),
  }
}
