import type { Client } from '@wildcast/client'
import { type MemberCount, memberCount } from '@wildcast/client/presence'
import { useMemo, useSyncExternalStore } from 'react'
import { type LiveStore, liveStores, openLiveStore, type StoreAt } from './live-store.js'
import { useClient } from './provider.js'
import type { UsePresenceOptions } from './use-presence.js'
import { useSlot } from './use-slot.js'

/** The number of members at one moment: a new object at each change, the same in between. */
export interface MemberCountState extends Pick<MemberCount, 'count' | 'error'> {
  /** As that of `memberCount`; `idle` without a subject. */
  readonly status: MemberCount['status'] | 'idle'
}

const noCount: MemberCountState = { count: undefined, status: 'loading', error: undefined }
const idleCount: MemberCountState = { ...noCount, status: 'idle' }

const stores = liveStores<LiveStore<MemberCountState>>()

/**
 * Returns the number of members of a subject or pattern, without receiving them: for large rooms.
 * It changes at most once a second.
 * @param subject null or undefined does not subscribe: the status is `idle`
 * @example
 * const { count } = useMemberCount('room.42')
 * return <p>{count} are here</p>
 */
export function useMemberCount(
  subject: string | null | undefined,
  { broker }: Pick<UsePresenceOptions, 'broker'> = {},
): MemberCountState {
  const client = useClient()
  const slot = useMemo(
    () => (subject == null ? undefined : countSlotOf(client, subject, broker)),
    [client, subject, broker],
  )
  const { subscribe, read, readFirst } = useSlot(slot, slot ? noCount : idleCount)
  return useSyncExternalStore(subscribe, read, readFirst)
}

/** Returns the slot of a number of members. */
export function countSlotOf(
  client: Client,
  subject: string,
  broker: string | undefined,
): StoreAt<LiveStore<MemberCountState>> {
  const options = {
    initial: noCount,
    open: () => memberCount(client, subject, { broker }),
    read: ({ count, status, error }: MemberCount): MemberCountState => ({ count, status, error }),
  }
  return stores.at(client, JSON.stringify([subject, broker]), (closed) => openLiveStore(options, closed))
}
