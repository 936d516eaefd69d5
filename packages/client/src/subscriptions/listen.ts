import { onAbort } from '../app/on-abort.js'
import type { Undo } from '../time/clock.js'
import type { SubscriptionEvents } from './subscription-events.js'
import type { SubscriptionListener, SubscriptionSpec } from './subscription-listener.js'

/** The function of the client that subscribes. */
export interface ListenPorts {
  /** @throws {WildcastError} `interrupted` after `close()`, `already_served` */
  subscribe(spec: SubscriptionSpec, listener: SubscriptionListener): Undo
}

/** A listener with a signal that ends it. */
export interface AbortableListener extends SubscriptionListener, SubscriptionEvents {
  readonly signal?: AbortSignal | undefined
}

/** Subscribes until the undo is called or the signal aborts. */
export function listen({ subscribe }: ListenPorts, spec: SubscriptionSpec, listener: AbortableListener): Undo {
  const { signal } = listener
  if (signal?.aborted) {
    listener.onEnd?.()
    return () => {}
  }
  const leave = subscribe(spec, listener)
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
