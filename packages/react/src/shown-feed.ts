import type { Message } from '@wildcast/client'
import { nextFrame } from './clock.js'
import { emptyFeed, type SubscriptionFeed } from './feed.js'

/** What a feed is shown to: a hook. */
export interface Viewer {
  /** How many messages it wants to see; 0 for one that only wants events. */
  readonly keep: number
  /**
   * Called with every message at once. What it throws, or rejects with, is reported to the client.
   */
  event(message: Message): unknown
  /** Called once per frame in which the feed has changed; undefined if nothing is rendered. */
  readonly changed: (() => void) | undefined
  /** Called when there are more messages than it keeps. */
  readonly dropped?: () => void
}

/** The feed that viewers see. It changes at most once per frame. */
export interface ShownFeed {
  readonly feed: () => SubscriptionFeed
  readonly add: (message: Message) => void
  /** Messages were lost. */
  readonly lose: () => void
  readonly change: (to: Partial<SubscriptionFeed>) => void
}

export function shownFeed(viewers: ReadonlySet<Viewer>): ShownFeed {
  let feed = emptyFeed
  /** What will be shown beside the messages. */
  let next = emptyFeed
  let arrived: Message[] = []
  let keep = 0
  /** Messages since the last loss; infinite if nothing was lost. */
  let sinceGap = Number.POSITIVE_INFINITY

  const show = (): void => {
    const all = arrived.length > 0 ? [...feed.items, ...arrived] : feed.items
    const last = arrived.at(-1) ?? feed.last
    arrived = []
    // Without a viewer, within the linger, it keeps as many as before.
    if (viewers.size > 0) keep = Math.max(...[...viewers].map((viewer) => viewer.keep))
    // To the subscription a gap is over with the next message, to the list when it is filled again.
    const isHoled = next.continuity === 'live' && sinceGap < keep
    const whole = isHoled ? ({ continuity: 'gap', asOf: feed.asOf } as const) : {}
    feed = { ...next, ...whole, items: newest(all, keep), last }
    for (const viewer of viewers) {
      if (all.length > viewer.keep) viewer.dropped?.()
      viewer.changed?.()
    }
  }
  const change = (to: Partial<SubscriptionFeed>): void => {
    next = { ...next, ...to }
    nextFrame(show)
  }

  return {
    feed: () => feed,
    add(message) {
      arrived.push(message)
      nextFrame(show)
      sinceGap++
    },
    lose() {
      sinceGap = 0
    },
    change,
  }
}

/** The last items, at most `count`. */
export function newest<Item>(items: readonly Item[], count: number): readonly Item[] {
  return items.length <= count ? items : items.slice(items.length - count)
}
