import type { WildcastError } from '@wildcast/protocol'
import type { Feed } from './feed.js'
import type { FeedMember } from './feed-member.js'
import type { Filter } from './filters/filter.js'
import type { Policy } from './policy.js'

/** A member that joins a lease. */
export interface LeaseMember {
  readonly member: FeedMember
  readonly policy: Policy
  readonly filter?: Filter | undefined
  /** Runs when the member enters the feed, before the first message. */
  joined(feed: Feed): void
}

/** The lease of a membership. */
export interface Joined {
  confirmed(): Promise<void>
  whenUp(run: (ended: WildcastError | undefined) => void): () => void
  enter(joiner: LeaseMember): Feed
  leave(joiner: LeaseMember, feed: Feed | undefined): void
}

type State =
  | { readonly kind: 'waiting'; readonly joiner: LeaseMember; readonly stop: () => void }
  | { readonly kind: 'member'; readonly joiner: LeaseMember; readonly feed: Feed }
  /** Holds no references, since the broker may take long to answer. */
  | { readonly kind: 'left' }

/** A member's state in a lease: joining, in its feed, or left. */
export class Membership {
  /** Resolves when the member is in its feed or has left. Rejects if the broker refuses. */
  readonly done: Promise<void>
  readonly #lease: Joined
  #settled: () => void = () => {}
  #state: State

  constructor(lease: Joined, joiner: LeaseMember) {
    this.#lease = lease
    this.#state = { kind: 'waiting', joiner, stop: () => {} }
    this.done = new Promise((resolve, reject) => {
      this.#settled = resolve
      this.#admit().then(resolve, reject)
    })
  }

  /** Puts another member into the place of this one. */
  replace(member: FeedMember): void {
    const state = this.#state
    if (state.kind !== 'member') return
    state.feed.remove(state.joiner.member)
    state.feed.add(member)
    this.#state = { ...state, joiner: { ...state.joiner, member } }
  }

  /** Leaves the feed, or stops joining. */
  end(): void {
    this.#leave()
    this.#settled()
  }

  #leave(): void {
    const state = this.#state
    if (state.kind === 'left') return
    this.#state = { kind: 'left' }
    const feed = state.kind === 'member' ? state.feed : undefined
    feed?.remove(state.joiner.member)
    this.#lease.leave(state.joiner, feed)
    if (state.kind === 'waiting') state.stop()
  }

  async #admit(): Promise<void> {
    try {
      await this.#lease.confirmed()
      await this.#enter()
    } catch (cause) {
      if (this.#state.kind === 'left') return
      this.#leave()
      throw cause
    }
  }

  /** Waits for the link, and enters the feed. */
  #enter(): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (this.#state.kind !== 'waiting') {
        resolve()
        return
      }
      const { joiner } = this.#state
      const stopWaiting = this.#lease.whenUp((ended) => {
        if (ended) reject(ended)
        else {
          this.#state = { kind: 'member', joiner, feed: this.#lease.enter(joiner) }
          resolve()
        }
      })
      const stop = (): void => {
        stopWaiting()
        resolve()
      }
      if (this.#state.kind === 'waiting') this.#state = { kind: 'waiting', joiner, stop }
    })
  }
}
