import { type MemberCount, memberCount } from '@wildcast/client/presence'
import { useCallback, useSyncExternalStore } from 'react'
import { type LiveStore, liveStores, openLiveStore } from './live-store.js'
import { useClient } from './provider.js'
import type { UsePresenceOptions } from './use-presence.js'

/** The number of members at one moment: a new object at each change, the same in between. */
export type MemberCountState = Pick<MemberCount, 'count' | 'status' | 'error'>

const noCount: MemberCountState = { count: undefined, status: 'loading', error: undefined }

const stores = liveStores<LiveStore<MemberCountState>>()

/**
 * Returns the number of members of a subject or pattern, without receiving them: for large rooms.
 * It changes at most once a second.
 * @param subject null or undefined does not subscribe
 * @example
 * const { count } = useMemberCount('room.42')
 * return <p>{count} are here</p>
 */
export function useMemberCount(
  subject: string | null | undefined,
  { broker }: Pick<UsePresenceOptions, 'broker'> = {},
): MemberCountState {
  const client = useClient()
  const key = JSON.stringify([subject, broker])
  const view = useCallback(
    (changed: () => void): (() => void) => {
      if (subject == null) return () => {}
      const options = {
        initial: noCount,
        open: () => memberCount(client, subject, { broker }),
        read: ({ count, status, error }: MemberCount): MemberCountState => ({ count, status, error }),
      }
      return stores.open(client, key, (closed) => openLiveStore(options, closed)).view(changed)
    },
    [client, subject, broker, key],
  )
  const state = (): MemberCountState => (subject == null ? noCount : (stores.find(client, key)?.state ?? noCount))
  return useSyncExternalStore(view, state, () => noCount)
}
