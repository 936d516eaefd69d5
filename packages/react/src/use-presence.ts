import type { Client } from '@wildcast/client'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { liveStores, type StoreAt } from './live-store.js'
import {
  idlePresence,
  noPresence,
  openPresenceStore,
  type PresenceState,
  type PresenceStore,
} from './presence-store.js'
import { useClient } from './provider.js'
import { useLatest } from './use-latest.js'
import { type SelectOptions, useSelected } from './use-selected.js'
import { useSlot } from './use-slot.js'

/** The options of `usePresence`. */
export interface UsePresenceOptions<State = PresenceView, Selected = State> extends SelectOptions<State, Selected> {
  /** @default the client's broker */
  readonly broker?: string | undefined
}

/** The members of a subject, and a function that changes what they see of this client. */
export interface PresenceView<Data = unknown> extends PresenceState<Data> {
  /**
   * Enters with other data, for instance at each move of a pointer, without a render. The same
   * function at each render.
   */
  readonly update: (data: Data) => void
}

const stores = liveStores<PresenceStore>()

/**
 * Returns the members of a subject. With `data`, this client is one of them while the component is
 * mounted, and a change of `data` changes what the others see; without, it only watches. `Data` is
 * the type of what members enter with, which is not checked.
 * @param subject null or undefined does nothing: the status is `idle`
 * @param data compared by value: a literal in the call is safe
 * @example
 * const { members } = usePresence('room.42', { name: 'Ada' })
 * return <p>{members.map(({ key, data }) => <span key={key}>{data.name}</span>)}</p>
 */
export function usePresence<Data = unknown, Selected = PresenceView<Data>>(
  subject: string | null | undefined,
  data?: Data,
  { broker, select, isEqual }: UsePresenceOptions<PresenceView<Data>, Selected> = {},
): Selected {
  const client = useClient()
  const [component] = useState(() => ({}))
  const latest = useLatest(data)
  const slot = useMemo(
    () => (subject == null ? undefined : presenceSlotOf(client, subject, broker)),
    [client, subject, broker],
  )
  const update = useCallback((to: Data) => slot?.open().enter(component, to), [slot, component])
  // The store has no types of data: hooks with different types may share it.
  const toView = useCallback((state: PresenceState) => ({ ...(state as PresenceState<Data>), update }), [update])
  const selected = useSelected(
    useSlot(slot, slot ? noPresence : idlePresence),
    // Without `select`, `Selected` is `PresenceView`.
    {
      select: select ? (state) => select(toView(state)) : (toView as unknown as (state: PresenceState) => Selected),
      isEqual,
    },
  )

  const text = JSON.stringify(data)
  // Before the effects of React's own subscription have run, there is no room to enter.
  useEffect(() => {
    if (text === undefined) return undefined
    const store = slot?.open()
    store?.enter(component, latest.current)
    return () => store?.leave(component)
  }, [slot, text, component, latest])
  return selected
}

/** Returns the slot of a presence. */
export function presenceSlotOf(client: Client, subject: string, broker: string | undefined): StoreAt<PresenceStore> {
  const create = (closed: () => void): PresenceStore => openPresenceStore(client, { subject, broker }, closed)
  return stores.at(client, JSON.stringify([subject, broker]), create)
}
