import {
  type Client,
  type Gap,
  type Message,
  type PolicyOptions,
  type SubscriptionStatus,
  WildcastError,
} from '@wildcast/client'
import { after, nextFrame, soon } from './clock.js'
import { continuityOf, emptyFeed, type Feed } from './feed.js'
import { notify } from './notify.js'

/** What distinguishes subscriptions on the wire. Everything else is local to a hook. */
export interface WireOptions extends PolicyOptions {
  readonly broker?: string | undefined
  readonly group?: string | undefined
}

/** Who looks at a store. */
export interface Viewer {
  /** How many messages it wants to see; 0 for one that only wants events. */
  readonly keep: number
  /**
   * Called with every message at once. What it throws, or rejects with, is reported to the client.
   */
  event(message: Message): unknown
  /** Told once per frame that the feed has changed; missing where nothing is rendered. */
  readonly changed: (() => void) | undefined
  /** Told that there are more messages than it keeps. */
  readonly dropped?: () => void
}

/** One subscription and what came of it, outside of React. */
export interface Store {
  /** What was last shown. */
  readonly feed: Feed
  /** Adds a viewer; the first subscribes. Returns the undo. */
  view(viewer: Viewer): () => void
}

/** How long a store outlives its last viewer: StrictMode mounts twice, keys change, routes come back. */
const lingerMs = 1000

function openStore(client: Client, pattern: string, wire: WireOptions, closed: () => void): Store {
  const viewers = new Set<Viewer>()
  let feed = emptyFeed
  /** What will be shown beside the messages. */
  let next = emptyFeed
  let arrived: Message[] = []
  let keep = 0
  /** Messages since the last loss; endless where nothing was lost. */
  let sinceGap = Number.POSITIVE_INFINITY
  let unsubscribe: (() => void) | undefined
  let cancelLinger: (() => void) | undefined

  const show = (): void => {
    const all = arrived.length > 0 ? [...feed.items, ...arrived] : feed.items
    const last = arrived.at(-1) ?? feed.last
    arrived = []
    // Within the linger nobody is there: then as many are kept as before.
    if (viewers.size > 0) keep = Math.max(...[...viewers].map((viewer) => viewer.keep))
    feed = { ...next, items: newest(all, keep), last, continuity: continuityOf(next.status, sinceGap < keep) }
    for (const viewer of viewers) {
      if (all.length > viewer.keep) viewer.dropped?.()
      viewer.changed?.()
    }
  }
  const change = (to: Partial<Feed>): void => {
    next = { ...next, ...to }
    nextFrame(show)
  }

  const onMessage = (message: Message): void => {
    arrived.push(message)
    nextFrame(show)
    sinceGap++
    for (const viewer of viewers) notify(client, viewer.event, message)
  }
  const onGap = ({ missed = 0 }: Gap): void => {
    sinceGap = 0
    change({ missed: next.missed + missed })
  }
  const onStatus = (status: SubscriptionStatus): void =>
    change({ status, error: status === 'ready' ? undefined : next.error })
  const onError = (error: WildcastError): void => {
    change({ error })
    if (![...viewers].some((viewer) => viewer.changed)) throw error // nobody renders it: the client reports it
  }

  const close = (): void => {
    if (viewers.size > 0) return
    unsubscribe?.()
    closed()
  }

  return {
    get feed() {
      return feed
    },
    view(viewer) {
      cancelLinger?.()
      viewers.add(viewer)
      try {
        unsubscribe ??= client.subscribe(pattern, onMessage, { ...wire, onGap, onStatus, onError })
      } catch (cause) {
        change({ status: 'error', error: WildcastError.from(cause) })
      }
      return () => {
        viewers.delete(viewer)
        // What a member of a group lingers for, another would have got: it waits only for StrictMode's second mount.
        if (wire.group != null) soon(close)
        else if (viewers.size === 0) cancelLinger = after(lingerMs, close)
      }
    },
  }
}

/** The last so many. */
export function newest<Item>(items: readonly Item[], count: number): readonly Item[] {
  return items.length <= count ? items : items.slice(items.length - count)
}

/** Where the store of a subscription is: the same for everybody with the same client, pattern and wire options. */
export interface Place {
  /** The store, while anybody views it or has just done so. A render may ask. */
  find(): Store | undefined
  /** The store, a new one where there is none. */
  open(): Store
}

const stores = new WeakMap<Client, Map<string, Store>>()

/** The place of a subscription's store. Nothing is kept until it is opened. */
export function placeOf(client: Client, pattern: string, options: WireOptions): Place {
  // NaN, which is refused, and Infinity are both null in JSON.
  const key = JSON.stringify({ pattern, ...options, maxRate: String(options.maxRate) })
  const find = (): Store | undefined => stores.get(client)?.get(key)
  const create = (): Store => {
    const known = stores.get(client) ?? new Map<string, Store>()
    const store = openStore(client, pattern, options, () => known.delete(key))
    stores.set(client, known.set(key, store))
    return store
  }
  return { find, open: () => find() ?? create() }
}
