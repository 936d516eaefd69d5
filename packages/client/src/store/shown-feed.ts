import type { Message } from '../messages/message.js'
import { nextFrame } from './clock.js'
import { emptyFeed, type SubscriptionFeed } from './subscription-feed.js'

/** A hook that uses a feed. */
export interface Viewer {
  /** How many messages it needs; 0 if it only handles events. */
  readonly keep: number
  /** Called at once with every message. The client reports what it throws or rejects with. */
  event(message: Message): unknown
  /** Called once per animation frame if the feed has changed; undefined if it renders nothing. */
  readonly changed: (() => void) | undefined
  /** Called when there are more messages than it keeps. */
  readonly dropped?: () => void
}

/** The feed that viewers see. It changes at most once per animation frame. */
export interface ShownFeed {
  readonly feed: () => SubscriptionFeed
  readonly add: (message: Message) => void
  /** Records that messages were lost. */
  readonly lose: () => void
  readonly change: (to: Partial<SubscriptionFeed>) => void
}

/** Opens the feed of a set of viewers. */
export function shownFeed(viewers: ReadonlySet<Viewer>): ShownFeed {
  let feed = emptyFeed
  /** The next values of all fields but the messages. */
  let next = emptyFeed
  let arrived: Message[] = []
  let keep = 0
  /** Number of messages since the last loss; infinite without one. */
  let sinceGap = Number.POSITIVE_INFINITY

  const show = (): void => {
    const all = arrived.length > 0 ? feed.items.concat(arrived) : feed.items
    arrived = []
    // While the store lingers without viewers, it keeps as many as before.
    if (viewers.size > 0) keep = Math.max(...[...viewers].map((viewer) => viewer.keep))
    // For the subscription a gap ends with the next message; for the list, when it is full again.
    const hasGap = next.continuity === 'live' && sinceGap < keep
    const whole = hasGap ? ({ continuity: 'gap', asOf: feed.asOf } as const) : {}
    feed = { ...next, ...whole, items: newest(all, keep), last: all.at(-1) ?? feed.last }
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

/** Returns the last items, at most `count`. */
export function newest<Item>(items: readonly Item[], count: number): readonly Item[] {
  return items.length <= count ? items : items.slice(items.length - count)
}
