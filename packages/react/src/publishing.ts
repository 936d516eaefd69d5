import { type Client, type PublishOptions, WildcastError } from '@wildcast/client'

/**
 * What has become of a publish. `queued`: it waits for a connection. `sent`: the broker's word is awaited. `confirmed`: the broker has it. `rejected`: it was
 * refused, see `error`. `unknown`: the connection broke while it was on its way, so it may have arrived or not.
 */
export type PublishState = 'queued' | 'sent' | 'confirmed' | 'rejected' | 'unknown'

/** One publish, on its way. It goes on whatever happens to the component that started it. */
export interface Publishing {
  readonly state: PublishState
  /** Why it was rejected. */
  readonly error: WildcastError | undefined
  /** Calls back at each change of `state`. Returns the undo. */
  onState(listener: () => void): () => void
  /** Resolves with the final state; never rejects. */
  readonly settled: Promise<PublishState>
}

/** Publishes, and tells how it goes. */
export function startPublishing(client: Client, subject: string, data: unknown, options?: PublishOptions): Publishing {
  const listeners = new Set<() => void>()
  let state: PublishState = client.status.state === 'online' ? 'sent' : 'queued'
  let error: WildcastError | undefined

  const become = (next: PublishState): PublishState => {
    state = next
    for (const listener of listeners) listener()
    return next
  }
  const stopWaiting = client.onStatus((status) => {
    if (state === 'queued' && status.state === 'online') become('sent')
  })
  const settled = client
    .publish(subject, data, options)
    .then(become, (cause: unknown) => {
      error = WildcastError.from(cause)
      return become('rejected')
    })
    .finally(stopWaiting)

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
