import { type Message, type RequestOptions, WildcastError } from '@wildcast/client'
import { useEffect, useMemo, useRef, useState } from 'react'
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

const unasked: Omit<Requesting, 'call'> = { data: undefined, pending: false, error: undefined }

/**
 * Asks a subject's server. A component that unmounts, or turns to another subject, cancels what it asked.
 * @example
 * const sum = useRequest('math.sum')
 * return <button onClick={() => sum.call([1, 2])}>{sum.pending ? '…' : String(sum.data)}</button>
 */
export function useRequest(subject: string, options: UseRequestOptions = {}): Requesting {
  const client = useClient()
  const [state, setState] = useState<Requesting>()
  const pending = useRef<AbortController>(undefined)
  const latest = useLatest(options)

  const call = useMemo(() => {
    const call = (data?: unknown): Promise<Message> => {
      pending.current?.abort()
      const mine = new AbortController()
      pending.current = mine
      const become = (next: Partial<Requesting>): void => {
        if (!mine.signal.aborted) setState((state) => ({ ...(state?.call === call ? state : unasked), ...next, call }))
      }
      become({ pending: true, error: undefined })
      const answer = client.request(subject, data, { ...latest.current, signal: mine.signal })
      // Handled here, so that a caller who looks at the hook's state alone may ignore the promise.
      answer.then(
        (message) => become({ pending: false, data: message.data }),
        (cause: unknown) => become({ pending: false, error: WildcastError.from(cause) }),
      )
      return answer
    }
    return call
  }, [client, subject, latest])
  // Another subject has another `call`: what the old one asked is nobody's question any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `call` says when
  useEffect(() => () => pending.current?.abort(), [call])
  return state?.call === call ? state : { ...unasked, call }
}
