import type { Client, RequestOptions } from '@wildcast/client'
import { type LiveStore, liveStores, openLiveStore } from './live-store.js'
import { openQuery, type QuerySource, type QueryState, unansweredQuery } from './query.js'

/** A question that components share. */
export interface QueryStore extends LiveStore<QueryState> {
  readonly refetch: () => Promise<void>
}

/** The place of a question: the same for all hooks with this client, subject, broker and data. */
export interface QuerySlot {
  /** Returns the store if it has viewers or still lingers. Safe to call during a render. */
  find(): QueryStore | undefined
  /** Returns the store. A missing one is created: it sends the question with these options. */
  open(options: RequestOptions): QueryStore
}

const stores = liveStores<QueryStore>()

/** Returns the slot of a question. `text` is its data as JSON. */
export function querySlotOf(client: Client, subject: string, text: string, broker: string | undefined): QuerySlot {
  const key = JSON.stringify([subject, broker, text])
  const create = (options: RequestOptions, closed: () => void): QueryStore => {
    let query: QuerySource | undefined
    const store = openLiveStore<QuerySource, QueryState>(
      {
        initial: unansweredQuery,
        open() {
          query = openQuery(client, subject, JSON.parse(text), { ...options, broker })
          return query
        },
        read: ({ state }) => state(),
      },
      closed,
    )
    return {
      get state() {
        return store.state
      },
      view: store.view,
      change: store.change,
      refetch: async () => query?.refetch(),
    }
  }
  return {
    find: () => stores.find(client, key),
    open: (options) => stores.open(client, key, (closed) => create(options, closed)),
  }
}
