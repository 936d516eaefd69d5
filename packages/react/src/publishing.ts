import { type Client, type PublishOutcome, WildcastError } from '@wildcast/client'
import { notify } from './notify.js'

/**
 * What has become of a publish. `queued`: it waits for a connection. `sent`: the broker's word is
 * awaited. `confirmed`: the broker has it. `rejected`: it was refused, see `error`. `unknown`: the
 * connection broke while it was on its way, so it may have arrived or not.
 */
export type PublishState = 'queued' | 'sent' | 'confirmed' | 'rejected' | 'unknown'

/** One publish, on its way. It goes on whatever happens to the component that started it. */
export interface Publishing {
  readonly state: PublishState
  /** Why it was rejected. */
  readonly error: WildcastError | undefined
  /**
   * Calls back at each change of `state`. Returns the undo. If the listener throws, or rejects
   * later, the client's `onError` gets the error.
   */
  onState(listener: () => unknown): () => void
  /** Resolves with the final state; never rejects. */
  readonly settled: Promise<PublishState>
}

/**
 * Publishes, and follows what becomes of it. What `publish` throws or rejects with is the reason of
 * the refusal.
 */
export function startPublishing(client: Client, publish: () => Promise<PublishOutcome>): Publishing {
  const listeners = new Set<() => unknown>()
  let state: PublishState = client.status.state === 'online' ? 'sent' : 'queued'
  let error: WildcastError | undefined

  const become = (next: PublishState): PublishState => {
    state = next
    for (const listener of listeners) notify(client, listener, undefined)
    return next
  }
  const stopWaiting = client.onStatus((status) => {
    if (state === 'queued' && status.state === 'online') become('sent')
  })
  const follow = async (): Promise<PublishState> => {
    try {
      return become(await publish())
    } catch (cause) {
      error = WildcastError.from(cause)
      return become('rejected')
    } finally {
      stopWaiting()
    }
  }
  const settled = follow()

  return {
    settled,
    get state() {
      return state
    },
    get error() {
      return error
    },
    onState(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
