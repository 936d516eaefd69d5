import { onAbort } from '../app/on-abort.js'
import type { Undo } from '../time/clock.js'
import type { SubscriptionEvents } from './subscription-events.js'
import type { SubscriptionListener, SubscriptionSpec } from './subscription-listener.js'

/** What listening needs of the client. */
export interface ListenPorts {
  /** @throws {WildcastError} `interrupted` after `close()`, `already_served` */
  subscribe(want: SubscriptionSpec, listener: SubscriptionListener): Undo
}

/** A listener that a signal may end. */
export interface AbortableListener extends SubscriptionListener, SubscriptionEvents {
  readonly signal?: AbortSignal | undefined
}

/** Subscribes until the undo is called or the signal aborts. */
export function listen({ subscribe }: ListenPorts, want: SubscriptionSpec, listener: AbortableListener): Undo {
  const { signal } = listener
  if (signal?.aborted) {
    listener.onEnd?.()
    return () => {}
  }
  const leave = subscribe(want, listener)
  const undo = (): void => {
    stop()
    leave()
  }
  const stop = onAbort(signal, () => {
    undo()
    listener.onEnd?.()
  })
  return undo
}
