import { type Message, type RequestOptions, WildcastError } from '@wildcast/client'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useClient } from './provider.js'
import { useLatest } from './use-latest.js'

export interface UseRequestOptions<Answer = unknown> extends Omit<RequestOptions<Answer>, 'signal'> {}

/** A request and its last answer. Neither the type of the question nor that of the answer is checked. */
export interface Requesting<Question = unknown, Answer = unknown> {
  /** Asks. The newest call counts: one that is still pending is cancelled, and rejects with an `AbortError`. The promise may be ignored. */
  readonly call: (
    ...question: undefined extends Question ? [data?: Question] : [data: Question]
  ) => Promise<Message<Answer>>
  /** The data of the last answer. */
  readonly data: Answer | undefined
  readonly pending: boolean
  /** Why the last call failed. */
  readonly error: WildcastError | undefined
}

const unasked: Omit<Requesting<never, never>, 'call'> = { data: undefined, pending: false, error: undefined }

/**
 * Asks a subject's server. A component that unmounts, or turns to another subject, cancels what it asked.
 * @example
 * const sum = useRequest<number[], number>('math.sum')
 * return <button onClick={() => sum.call([1, 2])}>{sum.pending ? '…' : sum.data}</button>
 */
export function useRequest<Question = unknown, Answer = unknown>(
  subject: string,
  options: UseRequestOptions<Answer> = {},
): Requesting<Question, Answer> {
  const client = useClient()
  const [state, setState] = useState<Requesting<Question, Answer>>()
  const pending = useRef<AbortController>(undefined)
  const latest = useLatest(options)

  const call = useMemo(() => {
    const call = (data?: Question): Promise<Message<Answer>> => {
      pending.current?.abort()
      const mine = new AbortController()
      pending.current = mine
      const become = (next: Partial<Requesting<Question, Answer>>): void => {
        if (!mine.signal.aborted) setState((state) => ({ ...(state?.call === call ? state : unasked), ...next, call }))
      }
      become({ pending: true, error: undefined })
      const answer = client.request<Answer>(subject, data, { ...latest.current, signal: mine.signal })
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
