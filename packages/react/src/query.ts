import { type Client, type RequestOptions, WildcastError } from '@wildcast/client'
import type { LiveSource } from './live-store.js'

/** A question to a subject at one moment: a new object at each change, the same in between. */
export interface QueryState {
  /** The data of the last answer, in a tuple. Undefined without one. */
  readonly answer: readonly [unknown] | undefined
  readonly pending: boolean
  /** Why the last request failed. */
  readonly error: WildcastError | undefined
}

/** A question, outside of React. It is sent at once. */
export interface QuerySource extends LiveSource {
  readonly state: () => QueryState
  /** Sends it again, unless it is pending. Resolves when it was answered or has failed. */
  readonly refetch: () => Promise<void>
}

/** The state before the first answer, and the only one in a server render. */
export const unansweredQuery: QueryState = { answer: undefined, pending: true, error: undefined }

/** Sends a question. */
export function openQuery(client: Client, subject: string, question: unknown, options: RequestOptions): QuerySource {
  const ended = new AbortController()
  const { signal } = ended
  const listeners = new Set<() => void>()
  let state = unansweredQuery
  let asking: Promise<void> | undefined

  const update = (to: Partial<QueryState>): void => {
    state = { ...state, ...to }
    for (const listener of listeners) listener()
  }
  const ask = async (): Promise<void> => {
    try {
      const { data } = await client.request(subject, question, { ...options, signal })
      update({ answer: [data], pending: false, error: undefined })
    } catch (cause) {
      if (!signal.aborted) update({ pending: false, error: WildcastError.from(cause) })
    } finally {
      asking = undefined
    }
  }
  const refetch = (): Promise<void> => {
    if (!state.pending) update({ pending: true })
    asking ??= ask()
    return asking
  }
  void refetch()
  return {
    state: () => state,
    refetch,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => ended.abort(),
  }
}
