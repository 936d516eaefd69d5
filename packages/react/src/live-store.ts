import { type Client, WildcastError } from '@wildcast/client'
import { after, nextFrame } from '@wildcast/client/store'

/** A source of state, such as the values of a pattern. */
export interface LiveSource {
  /** Calls back at each change. */
  onChange(listener: () => void): () => void
  stop(): void
}

/** A state of a source. */
export interface LiveState {
  /** Why the source is refused, while it is. */
  readonly error: WildcastError | undefined
}

/** The state of a source outside of React. Its first viewer opens the source. */
export interface LiveStore<State> {
  /** The state as last rendered: a new object at each change, the same in between. */
  readonly state: State
  /** Adds a viewer. Returns a function that removes it. */
  view(changed: () => void): () => void
  /** Reads the state again with the next frame. */
  change(): void
}

export interface LiveStoreOptions<Source, State> {
  /** The state before the source is open. */
  readonly initial: State
  /** Opens the source. If it throws, the state has the error. */
  open(): Source
  read(source: Source): State
}

/** The place of a store: the same for all hooks with this client and key. */
export interface StoreAt<Store> {
  /** Returns the store if it has viewers or lingers. Safe to call during a render. */
  find(): Store | undefined
  /** Returns the store, and creates it if it is missing. */
  open(): Store
}

/**
 * The stores of all clients by key. A store is kept while it has viewers, and for a second more.
 */
export interface LiveStores<Store> {
  /** Safe to call during a render. */
  find(client: Client, key: string): Store | undefined
  /** Returns the store, and creates it if it is missing. */
  open(client: Client, key: string, create: (closed: () => void) => Store): Store
  /** Returns the place of a store. */
  at(client: Client, key: string, create: (closed: () => void) => Store): StoreAt<Store>
}

/** How long a store outlives its last viewer: StrictMode mounts twice, users return to routes. */
const lingerMs = 1000

/** Opens a store, which calls `closed` a second after its last viewer has left. */
export function openLiveStore<Source extends LiveSource, State extends LiveState>(
  { initial, open, read }: LiveStoreOptions<Source, State>,
  closed: () => void,
): LiveStore<State> {
  const viewers = new Set<() => void>()
  let state = initial
  let source: Source | undefined
  let cancelLinger: (() => void) | undefined

  const show = (): void => {
    if (source) state = read(source)
    for (const changed of viewers) changed()
  }
  const change = (): void => nextFrame(show)
  const begin = (): void => {
    try {
      source = open()
      source.onChange(change)
    } catch (cause) {
      state = { ...initial, ...('status' in initial && { status: 'error' }), error: WildcastError.from(cause) }
    }
    change()
  }

  return {
    get state() {
      return state
    },
    change,
    view(changed) {
      cancelLinger?.()
      viewers.add(changed)
      if (!source) begin()
      return () => {
        viewers.delete(changed)
        if (viewers.size > 0) return
        cancelLinger = after(lingerMs, () => {
          source?.stop()
          closed()
        })
      }
    },
  }
}

/** Creates an empty table of stores. */
export function liveStores<Store>(): LiveStores<Store> {
  const all = new WeakMap<Client, Map<string, Store>>()
  const find = (client: Client, key: string): Store | undefined => all.get(client)?.get(key)
  const open: LiveStores<Store>['open'] = (client, key, create) => {
    const known = all.get(client) ?? new Map<string, Store>()
    const store = known.get(key) ?? create(() => known.delete(key))
    all.set(client, known.set(key, store))
    return store
  }
  const at: LiveStores<Store>['at'] = (client, key, create) => ({
    find: () => find(client, key),
    open: () => open(client, key, create),
  })
  return { find, open, at }
}
