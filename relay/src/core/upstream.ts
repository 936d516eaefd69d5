import { type Message, WildcastError } from '@wildcast/protocol'
import type { BacklogRoom } from './backlog.js'
import type { Interest, Listener, Settle } from './broker.js'
import { Cancel, type CancelSignal } from './cancel.js'
import type { Clock } from './clock.js'
import type { FanOut } from './fan-out.js'
import { Feed, type Member } from './feed.js'
import type { OnError } from './outlet.js'
import { type Policy, samePolicy } from './policy.js'
import type { TimeSlice } from './time-slice.js'

/** What upstreams need of their hub. */
export interface UpstreamPorts {
  readonly clock: Clock
  readonly onError: OnError
  readonly room: BacklogRoom
  readonly fanOut: FanOut
  readonly slice: TimeSlice
  /** The next subscription id. */
  nextId(): number
  /** Asks the broker; resolves with the undo. It need not be waited for once nobody wants it. */
  subscribe(upstream: Upstream, gone: CancelSignal): Promise<() => Promise<void>>
  /** Runs at once, or when the link to the broker is back. Returns the undo. */
  whenUp(broker: string, run: () => void): () => void
  /** The broker has ended the interest: who comes now must ask again. */
  ended(upstream: Upstream): void
  /** It takes nobody in any more; `undone` settles when the broker has forgotten the interest. */
  closed(upstream: Upstream, undone: Promise<void>): void
}

export interface UpstreamOptions {
  /** By which the hub knows it. */
  readonly key: string
  readonly broker: string
  readonly interest: Interest
}

/**
 * How long an interest that nobody shares any more is kept, so that remounts and reloads cost the
 * broker nothing.
 */
const lingerMs = 1000

/** A member in a feed, or on its way into it. */
export interface Membership {
  /** Leaves. */
  end(): void
}

/** A member on its way into a feed. */
export interface Joining {
  readonly membership: Membership
  /** Rejects when the broker refuses. */
  readonly done: Promise<void>
}

interface Place {
  readonly member: Member
  readonly policy: Policy
  /** Runs when it is in the feed, before the first message. */
  readonly joined: (feed: Feed) => void
}

/**
 * The life of an interest at its broker: asked for once, shared by all who join, given back when
 * the last has left. Beneath it, a feed for each policy.
 */
export class Upstream implements Listener {
  readonly key: string
  readonly broker: string
  readonly interest: Interest
  readonly #ports: UpstreamPorts
  /**
   * Nearly always one. Replaced, not changed: the last member of one may leave while a message is
   * delivered.
   */
  #feeds: readonly Feed[] = []
  readonly #asked: Promise<() => Promise<void>>
  /** While the broker is asked. */
  #gone: Cancel | undefined
  /** Members, and those on their way. */
  #claims = 0
  #refused = false
  #over: WildcastError | undefined
  #stopLinger: (() => void) | undefined

  constructor({ key, broker, interest }: UpstreamOptions, ports: UpstreamPorts) {
    this.key = key
    this.broker = broker
    this.interest = interest
    this.#ports = ports
    const gone = new Cancel()
    const settled = (): void => {
      this.#gone = undefined
    }
    this.#gone = gone
    this.#asked = ports.subscribe(this, gone)
    this.#asked.then(settled, settled)
  }

  join(place: Place): Joining {
    this.#claims++
    this.#stopLinger?.()
    this.#stopLinger = undefined
    const claim = new Claim(this, place.member)
    return { membership: claim, done: claim.admit(place) }
  }

  /** The feed of a policy, where somebody has joined it. */
  feed(policy: Policy): Feed | undefined {
    return this.#feeds.find((feed) => samePolicy(feed.policy, policy))
  }

  deliver(message: Message, settle?: Settle): void {
    for (const feed of this.#feeds) feed.deliver(message, settle)
  }

  ended(error: WildcastError): void {
    this.#over = error
    this.#ports.ended(this)
    for (const feed of this.#feeds) feed.end(error)
  }

  /** The link to the broker was lost, and is back. */
  tellGap(): void {
    for (const feed of this.#feeds) feed.tellGap()
  }

  /** For claims: settles when the broker has answered. */
  async confirmed(): Promise<void> {
    try {
      await this.#asked
    } catch (cause) {
      this.#refused = true
      throw cause
    }
  }

  /**
   * For claims: runs when the link is there. Others may have the interest already, but over a link
   * that is lost nothing would come of what is told to be there.
   */
  whenUp(run: (over: WildcastError | undefined) => void): () => void {
    return this.#ports.whenUp(this.broker, () => run(this.#over))
  }

  /** For claims. */
  enter({ member, policy, joined }: Place): Feed {
    const feed = this.feed(policy) ?? this.#open(policy)
    joined(feed)
    feed.add(member)
    return feed
  }

  /** For claims: gives one back. */
  leave(feed: Feed | undefined): void {
    // The last feed stays with the interest, so that whoever comes back finds the same id.
    if (feed?.isEmpty && this.#feeds.length > 1) this.#close(feed)
    if (--this.#claims > 0) return
    const { group, serve, pattern } = this.interest
    if (this.#refused || group !== undefined || serve || isAnswer(pattern)) this.#release()
    else this.#stopLinger = this.#ports.clock.after(lingerMs, () => this.#releaseInTurn())
  }

  #open(policy: Policy): Feed {
    const { broker, interest } = this
    const { clock, room, fanOut } = this.#ports
    const feed = new Feed({ id: this.#ports.nextId(), broker, interest, policy, clock, room, fanOut })
    this.#feeds = [...this.#feeds, feed]
    return feed
  }

  #close(feed: Feed): void {
    feed.close()
    this.#feeds = this.#feeds.filter((other) => other !== feed)
  }

  /** Thousands of interests may be due at the same time. */
  #releaseInTurn(): void {
    if (this.#claims > 0) return // a client has come back meanwhile
    const { slice } = this.#ports
    if (slice.admits(0)) this.#release()
    else slice.later(() => this.#releaseInTurn())
  }

  #release(): void {
    this.#gone?.abort(new WildcastError('interrupted', 'whoever asked has left'))
    for (const feed of this.#feeds) feed.close()
    const undone = this.#asked.then(
      (undo) => undo(),
      () => {}, // refused: there is nothing to undo, and who asked has been told
    )
    const failed = (cause: unknown): void =>
      this.#ports.onError(WildcastError.from(cause), { stage: 'unsubscribe', broker: this.broker })
    this.#ports.closed(this, undone.catch(failed))
  }
}

/**
 * A member or server that stays on paper would swallow messages, and nobody comes back to the
 * subject of one answer.
 */
function isAnswer(pattern: string): boolean {
  return pattern.startsWith('response.')
}

class Claim implements Membership {
  readonly #upstream: Upstream
  readonly #member: Member
  #feed: Feed | undefined
  #left = false
  #stopWaiting: (() => void) | undefined

  constructor(upstream: Upstream, member: Member) {
    this.#upstream = upstream
    this.#member = member
  }

  end(): void {
    if (this.#left) return
    this.#left = true
    this.#stopWaiting?.()
    this.#feed?.remove(this.#member)
    this.#upstream.leave(this.#feed)
  }

  async admit(place: Place): Promise<void> {
    try {
      await this.#upstream.confirmed()
      if (!this.#left) await this.#enter(place)
    } catch (cause) {
      if (this.#left) return
      this.end()
      throw cause
    }
  }

  async #enter(place: Place): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const stop = this.#upstream.whenUp((over) => {
        if (over) reject(over)
        else {
          this.#feed = this.#upstream.enter(place)
          resolve()
        }
      })
      this.#stopWaiting = () => {
        stop()
        resolve()
      }
    })
    this.#stopWaiting = undefined
  }
}
