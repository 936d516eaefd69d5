import { type Message, type RequestOptions, WildcastError } from '@wildcast/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useClient } from './provider.js'
import { useLatest } from './use-latest.js'

export interface UseRequestOptions extends Omit<RequestOptions, 'signal'> {}

/** A request and its last answer. */
export interface Requesting {
  /** Asks. The newest call counts: one that is still pending is cancelled, and rejects with an `AbortError`. The promise may be ignored. */
  readonly call: (data?: unknown) => Promise<Message>
  /** The data of the last answer. */
  readonly data: unknown
  readonly pending: boolean
  /** Why the last call failed. */
  readonly error: WildcastError | undefined
}

type State = Omit<Requesting, 'call'>

/**
 * Asks a subject's server. A component that unmounts cancels what it asked.
 * @example
 * const sum = useRequest('math.sum')
 * <button onClick={() => sum.call([1, 2])}>{sum.pending ? '…' : String(sum.data)}</button>
 */
export function useRequest(subject: string, options: UseRequestOptions = {}): Requesting {
  const client = useClient()
  const [state, setState] = useState<State>({ data: undefined, pending: false, error: undefined })
  const pending = useRef<AbortController>(undefined)
  const latest = useLatest(options)
  useEffect(() => () => pending.current?.abort(), [])

  const call = useCallback(
    (data?: unknown): Promise<Message> => {
      pending.current?.abort()
      const mine = new AbortController()
      pending.current = mine
      const settle = (next: Partial<State>): void => {
        if (!mine.signal.aborted) setState((state) => ({ ...state, pending: false, ...next }))
      }
      setState((state) => ({ ...state, pending: true, error: undefined }))
      const answer = client.request(subject, data, { ...latest.current, signal: mine.signal })
      // Handled here, so that a caller who looks at the hook's state alone may ignore the promise.
      answer.then(
        (message) => settle({ data: message.data }),
        (cause: unknown) => settle({ error: WildcastError.from(cause) }),
      )
      return answer
    },
    [client, subject, latest],
  )
  return { ...state, call }
}
