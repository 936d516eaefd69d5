import type { RequestOptions } from '@wildcast/client'
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react'
import { useClient } from './provider.js'
import { type QueryState, unansweredQuery } from './query.js'
import { querySlotOf } from './query-slot.js'
import { useLatest } from './use-latest.js'

const idle: QueryState = { ...unansweredQuery, pending: false }

/**
 * Sends a question while the component is mounted, once for all hooks with the same one. Until it
 * is answered, `answer` is that to the previous question on the subject.
 * @param text the data of the question as JSON; undefined sends nothing
 */
export function useQueryState(
  subject: string | null | undefined,
  text: string | undefined,
  options: RequestOptions,
): QueryState & { readonly refetch: () => Promise<void> } {
  const client = useClient()
  const { broker } = options
  const latest = useLatest(options)
  const slot = useMemo(
    () => (subject == null || text === undefined ? undefined : querySlotOf(client, subject, text, broker)),
    [client, subject, text, broker],
  )
  const subscribe = useCallback(
    (changed: () => void) => slot?.open(latest.current).view(changed) ?? (() => {}),
    [slot, latest],
  )
  const first = slot ? unansweredQuery : idle
  const state = useSyncExternalStore(
    subscribe,
    () => slot?.find()?.state ?? first,
    () => first,
  )
  const [previous, setPrevious] = useState<{ readonly subject: typeof subject } & Pick<QueryState, 'answer'>>()
  if (state.answer && state.answer !== previous?.answer) setPrevious({ subject, answer: state.answer })
  const answer = state.answer ?? (slot && previous?.subject === subject ? previous?.answer : undefined)
  const refetch = useCallback(async () => slot?.find()?.refetch(), [slot])
  return useMemo(() => ({ ...state, answer, refetch }), [state, answer, refetch])
}
