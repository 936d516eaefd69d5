import {
  type Client,
  type Completeness,
  type Message,
  type PolicyOptions,
  type SubscriptionStatus,
  WildcastError,
} from '@wildcast/client'
import { after, soon } from './clock.js'
import type { SubscriptionFeed } from './feed.js'
import { notify } from './notify.js'
import { shownFeed, type Viewer } from './shown-feed.js'

/** What distinguishes subscriptions on the wire. Everything else is local to a hook. */
export interface SharedOptions extends PolicyOptions {
  readonly broker?: string | undefined
  readonly group?: string | undefined
}

/** One subscription and what came of it, outside of React. */
export interface Store {
  /** What was last shown. */
  readonly feed: SubscriptionFeed
  /** Adds a viewer; the first subscribes. Returns the undo. */
  view(viewer: Viewer): () => void
}

/**
 * How long a store outlives its last viewer: StrictMode mounts twice, keys change, routes come
 * back.
 */
const lingerMs = 1000

export interface StoreOptions {
  readonly pattern: string
  readonly wire: SharedOptions
  /** Called when the subscription has ended. */
  closed(): void
}

/** Opens the store of a subscription. The first viewer subscribes. */
export function openStore(client: Client, { pattern, wire, closed }: StoreOptions): Store {
  const viewers = new Set<Viewer>()
  const { feed, add, lose, change } = shownFeed(viewers)
  let unsubscribe: (() => void) | undefined
  let cancelLinger: (() => void) | undefined

  const onMessage = (message: Message): void => {
    add(message)
    for (const viewer of viewers) notify(client, viewer.event, message)
  }
  const onGap = (): void => lose()
  const onContinuity = (now: Completeness): void => change(now)
  const onStatus = (status: SubscriptionStatus): void =>
    change(status === 'ready' ? { status, error: undefined } : { status })
  const onError = (error: WildcastError): void => {
    change({ error })
    // If no viewer renders it, the client reports it.
    if (![...viewers].some((viewer) => viewer.changed)) throw error
  }

  const close = (): void => {
    if (viewers.size > 0) return
    unsubscribe?.()
    closed()
  }

  return {
    get feed() {
      return feed()
    },
    view(viewer) {
      cancelLinger?.()
      viewers.add(viewer)
      try {
        unsubscribe ??= client.subscribe(pattern, onMessage, { ...wire, onGap, onContinuity, onStatus, onError })
      } catch (cause) {
        change({ status: 'error', error: WildcastError.from(cause) })
      }
      return () => {
        viewers.delete(viewer)
        // While a member of a group lingers, it takes messages that another member could have: it
        // waits only for StrictMode's second mount.
        if (wire.group != null) soon(close)
        else if (viewers.size === 0) cancelLinger = after(lingerMs, close)
      }
    },
  }
}
