import type { WildcastError } from '@wildcast/protocol'
import type { FeedMember } from '../feed-member.js'
import type { FeedFacts, Outlet, Parcel } from '../outlet.js'

/** The state of a member that stands for another one. */
type State =
  /** The client does not know of its subscription yet. */
  | { readonly kind: 'asked' }
  /** It receives kept messages from the history, not from the feed. */
  | { readonly kind: 'reading' }
  /** It has received all up to `position`; `next` is called with the first message after it. */
  | { readonly kind: 'caught up'; readonly position: string; readonly next: () => void }

/**
 * Stands for a member in its feed while that reads the history. Messages that are not kept pass;
 * kept ones wait in the history, and are dropped here.
 */
export class CatchingUp implements FeedMember {
  readonly outlet: Outlet
  readonly standsFor: FeedMember
  /** Whether the history has all that the feed may lose. */
  readonly #isWhole: () => boolean
  #state: State = { kind: 'asked' }

  constructor(member: FeedMember, isWhole: () => boolean) {
    const { outlet } = member
    this.standsFor = member
    this.#isWhole = isWhole
    this.outlet = {
      encoder: outlet.encoder,
      deliver: (parcel) => this.#deliver(parcel),
      ended: (feed, error) => outlet.ended(feed, error),
    }
  }

  /** The client knows of its subscription. */
  begin(): void {
    this.#state = { kind: 'reading' }
  }

  /** It has received all up to a position. `next` runs before the first message after it. */
  caughtUp(position: string, next: () => void): void {
    this.#state = { kind: 'caught up', position, next }
  }

  expectsAnswer(...request: Parameters<FeedMember['expectsAnswer']>): void {
    this.standsFor.expectsAnswer(...request)
  }

  ended(feed: FeedFacts, error: WildcastError): void {
    this.standsFor.ended(feed, error)
  }

  missed(feed: number): void {
    this.standsFor.missed?.(feed)
  }

  #deliver(parcel: Parcel): void {
    const state = this.#state
    const position = parcel.message?.position
    if (state.kind === 'asked') return
    const isGap = !parcel.message
    if (state.kind === 'reading') {
      if (isGap ? !this.#isWhole() : position === undefined) this.standsFor.outlet.deliver(parcel)
      return
    }
    if (position !== undefined && position <= state.position) return
    if (position !== undefined) state.next()
    this.standsFor.outlet.deliver(parcel)
  }
}
