import { WildcastError } from '@wildcast/protocol'
import type { Listener } from '../brokers/broker.js'
import type { Clock } from './clock.js'
import type { Feed, Member } from './feed.js'
import type { OnError } from './outlet.js'

export interface UpstreamOptions {
  readonly feed: Feed
  /** Asks the broker; resolves with the undo. */
  subscribe(listener: Listener): Promise<() => Promise<void>>
  readonly clock: Clock
  /** How long the interest outlives its last member; 0 ends it at once. */
  readonly lingerMs: number
  /** The broker has ended the interest: who comes now must ask anew. */
  ended(): void
  /** The feed takes nobody in any more; `undone` settles when the broker has forgotten the interest. */
  closed(undone: Promise<void>): void
  readonly onError: OnError
}

/** A member on its way into a feed. */
export interface Joining {
  /** Rejects when the broker refuses. */
  readonly done: Promise<void>
  /** Leaves the feed, or the way to it. */
  leave(): void
}

/** A feed and the life of its interest at the broker: asked for once, shared by all who join, given back when the last has left. */
export interface Upstream {
  readonly feed: Feed
  join(member: Member, joined: (feed: Feed) => void): Joining
}

export function upstream(options: UpstreamOptions): Upstream {
  const { feed, clock, lingerMs, closed, onError } = options
  let claims = 0 // members, and those on their way
  let refused = false
  let stopLinger = (): void => {}
  const asked = options.subscribe({
    deliver: (message, settle) => feed.deliver(message, settle),
    ended(error) {
      options.ended()
      feed.end(error)
    },
  })

  function release(): void {
    const undone = asked.then(
      (undo) => undo(),
      () => {}, // refused: there is nothing to undo, and who asked has been told
    )
    closed(undone.catch((cause) => onError(WildcastError.from(cause), { stage: 'unsubscribe', broker: feed.broker })))
  }

  function giveBack(): void {
    claims--
    if (claims > 0) return
    if (lingerMs > 0 && !refused) stopLinger = clock.after(lingerMs, release)
    else release()
  }

  return {
    feed,
    join(member, joined) {
      claims++
      stopLinger()
      let left = false
      const leave = (): void => {
        if (left) return
        left = true
        feed.remove(member)
        giveBack()
      }
      const done = asked.then(
        () => {
          if (left) return
          joined(feed)
          feed.add(member)
        },
        (cause) => {
          refused = true
          leave()
          throw cause
        },
      )
      return { done, leave }
    },
  }
}
