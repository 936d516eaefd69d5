import type { WildcastError } from '@wildcast/protocol'
import type { Feed, FeedMember } from './feed.js'
import type { Policy } from './policy.js'

/** Who joins a lease, and how. */
export interface LeaseMember {
  readonly member: FeedMember
  readonly policy: Policy
  /** Runs when it is in the feed, before the first message. */
  joined(feed: Feed): void
}

/** What a membership is a part of. */
export interface Joined {
  confirmed(): Promise<void>
  whenUp(run: (ended: WildcastError | undefined) => void): () => void
  enter(place: LeaseMember): Feed
  leave(feed: Feed | undefined): void
}

type State =
  | { readonly kind: 'waiting'; readonly place: LeaseMember; readonly stop: () => void }
  | { readonly kind: 'member'; readonly place: LeaseMember; readonly feed: Feed }
  /** Nothing is kept: the broker may not answer for long. */
  | { readonly kind: 'left' }

/** A member's part in a lease: on its way into a feed, in it, or gone. */
export class Membership {
  /** Settles when the member is in its feed or has left. Rejects with what the broker refused. */
  readonly done: Promise<void>
  readonly #lease: Joined
  #settled: () => void = () => {}
  #state: State

  constructor(lease: Joined, place: LeaseMember) {
    this.#lease = lease
    this.#state = { kind: 'waiting', place, stop: () => {} }
    this.done = new Promise((resolve, reject) => {
      this.#settled = resolve
      this.#admit().then(resolve, reject)
    })
  }

  /** Leaves. */
  end(): void {
    this.#leave()
    this.#settled()
  }

  #leave(): void {
    const state = this.#state
    if (state.kind === 'left') return
    this.#state = { kind: 'left' }
    const feed = state.kind === 'member' ? state.feed : undefined
    feed?.remove(state.place.member)
    this.#lease.leave(feed)
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
      const { place } = this.#state
      const stopWaiting = this.#lease.whenUp((ended) => {
        if (ended) reject(ended)
        else {
          this.#state = { kind: 'member', place, feed: this.#lease.enter(place) }
          resolve()
        }
      })
      const stop = (): void => {
        stopWaiting()
        resolve()
      }
      if (this.#state.kind === 'waiting') this.#state = { kind: 'waiting', place, stop }
    })
  }
}
