import type { WildcastError } from '@wildcast/client'
import { elect } from '@wildcast/client/locks'
import { useCallback, useSyncExternalStore } from 'react'
import { type LiveSource, type LiveStore, liveStores, openLiveStore } from './live-store.js'
import { useClient } from './provider.js'
import { useLatest } from './use-latest.js'

/** Whether this page leads: a new object at each change, the same in between. */
export interface LeaderState {
  readonly isLeader: boolean
  /** The token of the lock while this page leads. */
  readonly token: string | undefined
  /** Why the last attempt failed. */
  readonly error: WildcastError | undefined
}

/** The options of `useLeader`. Compared by value: literals in the call are safe. */
export interface UseLeaderOptions {
  /** The value of the subject while this page leads. @default {} */
  readonly data?: unknown
  /** @default the client's broker */
  readonly broker?: string | undefined
}

const noLeader: LeaderState = { isLeader: false, token: undefined, error: undefined }

interface ElectionSource extends LiveSource {
  state(): LeaderState
}

const stores = liveStores<LiveStore<LeaderState>>()

/**
 * Takes part in the election of one leader among all pages with this subject, while a component
 * with the hook is mounted. A page that loses the lead waits for it again.
 * @param subject null or undefined takes no part
 * @example
 * const { isLeader } = useLeader('leader.prices')
 * useEffect(() => (isLeader ? startPolling() : undefined), [isLeader])
 */
export function useLeader(subject: string | null | undefined, { data, broker }: UseLeaderOptions = {}): LeaderState {
  const client = useClient()
  const key = JSON.stringify([subject, broker, data])
  const latest = useLatest(data)
  const view = useCallback(
    (changed: () => void): (() => void) => {
      if (subject == null) return () => {}
      const options = {
        initial: noLeader,
        open(): ElectionSource {
          const election = elect(client, subject, { data: latest.current, broker })
          return {
            onChange: election.onChange,
            stop: () => void election.resign().catch(client.report),
            state: () => ({ isLeader: election.isLeader, token: election.token, error: election.error }),
          }
        },
        read: (source: ElectionSource) => source.state(),
      }
      return stores.open(client, key, (closed) => openLiveStore(options, closed)).view(changed)
    },
    [client, subject, broker, key, latest],
  )
  const state = (): LeaderState => (subject == null ? noLeader : (stores.find(client, key)?.state ?? noLeader))
  return useSyncExternalStore(view, state, () => noLeader)
}
