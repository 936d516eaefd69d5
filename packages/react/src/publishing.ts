import { type Client, type PublishOutcome, WildcastError } from '@wildcast/client'
import { notify } from '@wildcast/client/store'

/**
 * The state of a publish. `queued`: it waits for a connection. `sent`: it awaits the broker's
 * confirmation. `confirmed`: the broker has it. `rejected`: it was refused, see `error`. `unknown`:
 * the connection broke after it was sent, so it may have arrived or not.
 */
export type PublishState = 'queued' | 'sent' | 'confirmed' | 'rejected' | 'unknown'

/** One publish in progress. It continues after its component is unmounted. */
export interface Publishing {
  readonly state: PublishState
  /** Why it was rejected. */
  readonly error: WildcastError | undefined
  /**
   * Calls the listener at each change of `state`. Returns a function that removes it. If the
   * listener throws, or rejects later, the client's `onError` gets the error.
   */
  onState(listener: () => unknown): () => void
  /** Resolves with the final state; never rejects. */
  readonly settled: Promise<PublishState>
}

/**
 * Publishes, and tracks the state. If `publish` throws or rejects, the state is `rejected` with
 * that error.
 */
export function startPublishing(client: Client, publish: () => Promise<PublishOutcome>): Publishing {
  const listeners = new Set<() => unknown>()
  let state: PublishState = client.status.state === 'online' ? 'sent' : 'queued'
  let error: WildcastError | undefined

  const setState = (next: PublishState): PublishState => {
    state = next
    for (const listener of listeners) notify(client, listener, undefined)
    return next
  }
  const stopWaiting = client.onStatus((status) => {
    if (state === 'queued' && status.state === 'online') setState('sent')
  })
  const follow = async (): Promise<PublishState> => {
    try {
      return setState(await publish())
    } catch (cause) {
      error = WildcastError.from(cause)
      return setState('rejected')
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
