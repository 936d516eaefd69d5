import type { RequestOptions } from '@wildcast/client'
import { useMemo, useSyncExternalStore } from 'react'
import { useClient } from './provider.js'
import { openRequester, type Requesting } from './requesting.js'
import { useLatest } from './use-latest.js'

export interface UseRequestOptions<Answer = unknown> extends Omit<RequestOptions<Answer>, 'signal'> {}

/**
 * Asks a subject's server. A component that unmounts, is hidden by an `<Activity>`, or turns to
 * another subject cancels what it asked: the promise rejects with an `AbortError`, and when the
 * component is shown again, nothing is pending and `data` is the last answer. It does not ask again
 * by itself, since a request may have effects.
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
