import type { Client } from '../client.js'
import { after, defer } from './clock.js'
import { type FeedSink, openFeedSubscription } from './feed-subscription.js'
import { notify } from './notify.js'
import type { SharedOptions } from './shared-options.js'
import { shownFeed, type Viewer } from './shown-feed.js'
import type { SubscriptionFeed } from './subscription-feed.js'

/** One subscription and its feed, outside of React. */
export interface Store {
  /** The feed as last rendered. */
  readonly feed: SubscriptionFeed
  /** Adds a viewer; the first one subscribes. Returns a function that removes it. */
  view(viewer: Viewer): () => void
}

/**
 * How long a store outlives its last viewer: StrictMode mounts twice, keys change, users return to
 * routes.
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

  const sink: FeedSink = {
    ...{ feed, lose, change },
    message(message) {
      add(message)
      for (const viewer of viewers) notify(client, viewer.event, message)
    },
    refuse(to) {
      change(to)
      // If no viewer renders the error, the client reports it.
      if (![...viewers].some((viewer) => viewer.changed)) client.report(to.error)
    },
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
      unsubscribe ??= openFeedSubscription(client, pattern, wire, sink)
      return () => {
        viewers.delete(viewer)
        // A lingering member of a group would take messages from the other members: it waits only
        // for StrictMode's second mount.
        if (wire.group != null) defer(close)
        else if (viewers.size === 0) cancelLinger = after(lingerMs, close)
      }
    },
  }
}
