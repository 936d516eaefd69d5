import type { Handler } from '@wildcast/client'
import { useCallback, useSyncExternalStore } from 'react'
import { liveStores } from './live-store.js'
import { useClient } from './provider.js'
import { notServing, openServing, type Serving, type ServingState } from './serving.js'
import { useLatest } from './use-latest.js'

/** The options of `useServe`. */
export interface UseServeOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** `true` does not serve. @default false */
  readonly skip?: boolean | undefined
}

const stores = liveStores<Serving>()

/**
 * Answers the requests on a subject while the component is mounted, as `client.serve` does. The
 * latest handler is called; a new one does not serve again. Of several components with one subject,
 * the one that was mounted last answers. Refusals are returned, not thrown.
 * @param subject null or undefined does not serve
 * @example
 * const { status } = useServe('math.half', ({ data }: Message<number>) => data / 2)
 */
export function useServe<Question = unknown, Answer = unknown>(
  subject: string | null | undefined,
  handler: Handler<Question, Answer>,
  { broker, skip }: UseServeOptions = {},
): ServingState {
  const client = useClient()
  const key = JSON.stringify([subject, broker])
  const latest = useLatest(handler)
  const isIdle = skip || subject == null
  const subscribe = useCallback(
    (changed: () => void) => {
      if (skip || subject == null) return () => {}
      const store = stores.open(client, key, (closed) => openServing(client, { subject, broker }, closed))
      // The types of question and answer are not checked.
      return store.view({ changed, handle: (message) => (latest.current as Handler)(message) })
    },
    [client, subject, broker, skip, key, latest],
  )
  const state = (): ServingState => (isIdle ? notServing : (stores.find(client, key)?.state ?? notServing))
  return useSyncExternalStore(subscribe, state, () => notServing)
}
