import type { RequestOptions } from '@wildcast/client'
import { useMemo, useSyncExternalStore } from 'react'
import { useClient } from './provider.js'
import { openRequester, type Requesting } from './requesting.js'
import { useLatest } from './use-latest.js'
import { useQueryState } from './use-query.js'

/** The options of `useRequest`: those of `client.request`, except for `signal`, and `data`. */
export interface UseRequestOptions<Answer = unknown, Question = unknown>
  extends Omit<RequestOptions<Answer>, 'signal'> {
  /**
   * With data, which must have a JSON form, the request is sent while the component is mounted, and
   * again when the data changes. It is compared by value: a literal in the call is safe. All hooks
   * with the same subject, broker and data share one request and its answer; the other options are
   * those of the first hook. `''` is an empty payload.
   * @default undefined, which sends nothing until `call`
   */
  readonly data?: Question | undefined
}

/**
 * Returns a function that sends requests to a subject, and the state of the last one. A component
 * that unmounts, is hidden by an `<Activity>`, or changes the subject cancels its pending call: the
 * promise rejects with an `AbortError`, and when the component is shown again, nothing is pending
 * and `data` is the last answer. It does not repeat the request by itself, since a request may have
 * effects.
 *
 * With `data` it is sent by itself: use this only for requests without effects. Then the state is
 * that of this request, and `call` sends others without a change of the state.
 * @param subject null or undefined sends nothing, and `call` rejects
 * @example
 * const sum = useRequest<number[], number>('math.sum')
 * return <button onClick={() => sum.call([1, 2])}>{sum.pending ? '…' : sum.data}</button>
 * @example
 * const { data, refetch } = useRequest('weather.today', { data: { city: 'Oslo' } })
 */
export function useRequest<Question = unknown, Answer = unknown>(
  subject: string | null | undefined,
  options: UseRequestOptions<Answer, Question> = {},
): Requesting<Question, Answer> {
  const client = useClient()
  const { data, ...request } = options
  const latest = useLatest(request)
  const { state, view } = useMemo(
    () => openRequester<Question, Answer>(client, subject ?? '', () => latest.current), // '' is refused as invalid
    [client, subject, latest],
  )
  const calling = useSyncExternalStore(view, state, state)
  const text = JSON.stringify(data)
  // The store has no types of data: hooks with different types may share it.
  const query = useQueryState(subject, text, request as RequestOptions)
  return useMemo(() => {
    const { answer, pending, error, refetch } = query
    if (text === undefined) return { ...calling, refetch }
    return { call: calling.call, data: answer?.[0] as Answer | undefined, pending, error, refetch }
  }, [query, calling, text])
}
