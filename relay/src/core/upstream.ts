import { WildcastError } from '@wildcast/protocol'
import type { Listener } from '../brokers/broker.js'
import type { Clock } from './clock.js'
import type { Feed, Member } from './feed.js'
import type { OnError } from './outlet.js'

export interface UpstreamOptions {
  readonly feed: Feed
  /** Asks the broker; resolves with the undo. It need not be waited for once nobody wants it. */
  subscribe(listener: Listener, gone: AbortSignal): Promise<() => Promise<void>>
  /** Runs at once, or when the link to the broker is back. Returns the undo. */
  whenUp(run: () => void): () => void
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
  let over: WildcastError | undefined
  let stopLinger = (): void => {}
  const gone = new AbortController()
  const listener: Listener = {
    deliver: (message, settle) => feed.deliver(message, settle),
    ended(error) {
      over = error
      options.ended()
      feed.end(error)
    },
  }
  const asked = options.subscribe(listener, gone.signal)

  function release(): void {
    gone.abort(new WildcastError('interrupted', 'whoever asked has left'))
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
      let stopWaiting = (): void => {}
      const leave = (): void => {
        if (left) return
        left = true
        stopWaiting()
        feed.remove(member)
        giveBack()
      }
      // Others may have it already; but over a link that is lost, nothing would come of what is told to be there.
      const enter = (resolve: () => void, reject: (cause: unknown) => void): void => {
        const stop = options.whenUp(() => {
          if (over) {
            reject(over)
            leave()
            return
          }
          joined(feed)
          feed.add(member)
          resolve()
        })
        stopWaiting = () => {
          stop()
          resolve()
        }
      }
      const done = asked.then(
        () => (left ? undefined : new Promise<void>(enter)),
        (cause) => {
          refused = true
          if (left) return
          leave()
          throw cause
        },
      )
      return { done, leave }
    },
  }
}
