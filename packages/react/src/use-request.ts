import type { RequestOptions } from '@wildcast/client'
import { useMemo, useSyncExternalStore } from 'react'
import { useClient } from './provider.js'
import { openRequester, type Requesting } from './requesting.js'
import { useLatest } from './use-latest.js'

/** The options of `useRequest`: those of `client.request`, except for `signal`. */
export interface UseRequestOptions<Answer = unknown> extends Omit<RequestOptions<Answer>, 'signal'> {}

/**
 * Returns a function that sends requests to a subject, and the state of the last one. A component
 * that unmounts, is hidden by an `<Activity>`, or changes the subject cancels its pending call: the
 * promise rejects with an `AbortError`, and when the component is shown again, nothing is pending
 * and `data` is the last answer. It does not repeat the request by itself, since a request may have
 * effects.
 * @example
 * const sum = useRequest<number[], number>('math.sum')
 * return <button onClick={() => sum.call([1, 2])}>{sum.pending ? '…' : sum.data}</button>
 */
export function useRequest<Question = unknown, Answer = unknown>(
  subject: string,
  options: UseRequestOptions<Answer> = {},
): Requesting<Question, Answer> {
  const client = useClient()
  const latest = useLatest(options)
  const { state, view } = useMemo(
    () => openRequester<Question, Answer>(client, subject, () => latest.current),
    [client, subject, latest],
  )
  return useSyncExternalStore(view, state, state)
}
