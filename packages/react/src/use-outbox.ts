import type { Client, WildcastError } from '@wildcast/client'
import { type OutboxMessage, type WatchedOutbox, watchOutbox } from '@wildcast/client/outbox'
import { useMemo, useSyncExternalStore } from 'react'
import { type LiveStore, liveStores, openLiveStore, type StoreAt } from './live-store.js'
import { useClient } from './provider.js'
import { useSlot } from './use-slot.js'

/** The messages of an outbox at one moment: a new object at each change, the same in between. */
export interface OutboxState {
  /** The number of messages. */
  readonly pending: number
  /** Those of all tabs with this outbox, in the order of the publishes. */
  readonly messages: readonly OutboxMessage[]
  /** Why messages can't be kept or read. */
  readonly error: WildcastError | undefined
}

/** The messages of an outbox, and functions for them: the same functions at each render. */
export interface OutboxView extends OutboxState {
  /** Connects now instead of after the wait. */
  readonly retry: () => void
  /**
   * Deletes the messages with a key. The publish of one that was not sent rejects with an
   * `AbortError`; of another, it is `unknown`. Resolves with the number of messages.
   */
  readonly discard: (key: string) => Promise<number>
  /** Deletes all messages, also those of other tabs. Resolves with their number. */
  readonly discardAll: () => Promise<number>
}

/** The state of a client without an outbox, and the only one in a server render. */
const noOutbox: OutboxState = { pending: 0, messages: [], error: undefined }

const stores = liveStores<LiveStore<OutboxState>>()

/**
 * Returns the messages that the client's outbox keeps, since their outcome is not known yet: those
 * of all tabs with this outbox. Empty without an outbox. Renders once per animation frame,
 * whatever the number of changes.
 * @example
 * const { pending, retry } = useOutbox()
 * return pending > 0 ? <button onClick={retry}>{pending} not sent yet</button> : null
 */
export function useOutbox(): OutboxView {
  const client = useClient()
  const slot = useMemo(() => outboxSlotOf(client), [client])
  const actions = useMemo(() => actionsOf(client), [client])
  const { subscribe, read, readFirst } = useSlot(slot, noOutbox)
  const state = useSyncExternalStore(subscribe, read, readFirst)
  return useMemo(() => ({ ...state, ...actions }), [state, actions])
}

function outboxSlotOf(client: Client): StoreAt<LiveStore<OutboxState>> {
  const options = {
    initial: noOutbox,
    open: () => watchOutbox(client),
    read: ({ messages, error }: WatchedOutbox): OutboxState => ({ pending: messages.length, messages, error }),
  }
  return stores.at(client, '', (closed) => openLiveStore(options, closed))
}

/** The functions work also after the component was unmounted. */
function actionsOf(client: Client): Omit<OutboxView, keyof OutboxState> {
  const discard = async (run: (outbox: WatchedOutbox) => Promise<number>): Promise<number> => {
    const outbox = watchOutbox(client)
    try {
      return await run(outbox)
    } finally {
      outbox.stop()
    }
  }
  return {
    retry: () => client.reconnect(),
    discard: (key) => discard((outbox) => outbox.discard(key)),
    discardAll: () => discard((outbox) => outbox.discardAll()),
  }
}
