import {
  type Client,
  type Completeness,
  type JsonValue,
  type Message,
  type PolicyOptions,
  type SubscriptionStatus,
  WildcastError,
} from '@wildcast/client'
import { after, defer } from './clock.js'
import { notify } from './notify.js'
import { shownFeed, type Viewer } from './shown-feed.js'
import type { SubscriptionFeed } from './subscription-feed.js'

/** The options that distinguish subscriptions to one pattern. All others are local to a hook. */
export interface SharedOptions extends PolicyOptions {
  readonly broker?: string | undefined
  readonly group?: string | undefined
  /** Receives only messages that contain this JSON. @default every message */
  readonly filter?: JsonValue | undefined
}

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

  const onMessage = (message: Message): void => {
    add(message)
    for (const viewer of viewers) notify(client, viewer.event, message)
  }
  const onGap = (): void => lose()
  const onContinuity = (now: Completeness): void => change(now)
  const onStatus = (status: SubscriptionStatus): void =>
    change(status === 'ready' ? { status, error: undefined } : { status })
  /** If no viewer renders the error, the client reports it. */
  const refuse = (to: Partial<SubscriptionFeed>): void => {
    change(to)
    if (![...viewers].some((viewer) => viewer.changed)) client.report(to.error)
  }
  const onError = (error: WildcastError): void => refuse({ error })

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
        refuse({ status: 'error', error: WildcastError.from(cause) })
      }
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
