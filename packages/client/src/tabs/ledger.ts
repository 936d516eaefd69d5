import type { RelayFrame, WelcomeFrame } from '@wildcast/protocol/client'
import { fromSharedRef } from './ref.js'

/** The tab that sent a frame, and the number of the frame in that tab. */
export interface FrameOwner {
  readonly tab: number
  readonly number: number
}

/** A copy of a ledger. */
export interface LedgerView {
  readonly confirmed: number
  readonly orders: readonly (FrameOwner | undefined)[]
  readonly settled: ReadonlyMap<number, number>
  readonly tabs: ReadonlyMap<number, ReadonlySet<number>>
  readonly ids: ReadonlySet<number>
}

/**
 * A tab's record of the shared session, with which any tab can resume it: the owners of the
 * unconfirmed frames, and the subscriptions of each tab.
 */
export class Ledger {
  welcome: WelcomeFrame | undefined
  /** How many frames the relay has confirmed. */
  #confirmed = 0
  /** The owners of the next frames. Undefined: the leader itself. */
  #orders: (FrameOwner | undefined)[] = []
  /** The last confirmed frame of each tab. */
  #settled = new Map<number, number>()
  /** The subscriptions of each tab. */
  #tabs = new Map<number, Set<number>>()
  /** All subscriptions at the relay. */
  #ids = new Set<number>()

  /** How many frames have a number in the shared session. */
  get sent(): number {
    return this.#confirmed + this.#orders.length
  }

  get tabs(): ReadonlyMap<number, ReadonlySet<number>> {
    return this.#tabs
  }

  get view(): LedgerView {
    return {
      confirmed: this.#confirmed,
      orders: [...this.#orders],
      settled: new Map(this.#settled),
      tabs: new Map([...this.#tabs].map(([tab, ids]) => [tab, new Set(ids)])),
      ids: new Set(this.#ids),
    }
  }

  /** Replaces the content by a copy of another ledger. */
  adopt({ confirmed, orders, settled, tabs, ids }: LedgerView): void {
    this.#confirmed = confirmed
    this.#orders = [...orders]
    this.#settled = new Map(settled)
    this.#tabs = new Map([...tabs].map(([tab, held]) => [tab, new Set(held)]))
    this.#ids = new Set(ids)
  }

  /** Clears the record of a lost session. */
  reset(): void {
    const tabs = this.#tabs.keys()
    this.adopt({ confirmed: 0, orders: [], settled: new Map(), tabs: new Map(), ids: new Set() })
    for (const tab of tabs) this.enter(tab)
    this.welcome = undefined
  }

  enter(tab: number): void {
    if (!this.#tabs.has(tab)) this.#tabs.set(tab, new Set())
  }

  leave(tab: number): void {
    this.#tabs.delete(tab)
  }

  /** Records the owner of the next frame. */
  order(number: number, owner: FrameOwner | undefined): void {
    if (number === this.sent + 1) this.#orders.push(owner)
    if (!this.welcome?.limits.resume_bytes) this.confirm(number) // the session can't be resumed
  }

  /** Records that the relay has `count` frames. Returns false if their owners are unknown. */
  confirm(count: number): boolean {
    if (count > this.sent) return false
    const done = Math.max(0, count - this.#confirmed)
    for (const owner of this.#orders.splice(0, done)) if (owner) this.#settled.set(owner.tab, owner.number)
    this.#confirmed += done
    return count === this.#confirmed
  }

  /** Deletes the unconfirmed frames: the relay doesn't have them, so they are ordered again. */
  cut(): void {
    this.#orders = []
  }

  /** Returns the last confirmed frame of a tab. */
  settledOf(tab: number): number {
    return this.#settled.get(tab) ?? 0
  }

  /** Returns the last frame of a tab that has a number in the shared session. */
  lastOf(tab: number): number {
    return this.#orders.findLast((owner) => owner?.tab === tab)?.number ?? this.settledOf(tab)
  }

  /** Records a subscription that the relay has confirmed or ended. */
  note(frame: RelayFrame): void {
    if (frame.kind === 'Subscribed') {
      if (frame.id === undefined) return // a snapshot, which is over by itself
      this.#ids.add(frame.id)
      if (frame.ref !== undefined) this.#tabs.get(fromSharedRef(frame.ref).tab)?.add(frame.id)
    } else if (frame.kind === 'Unsubscribed') {
      this.#ids.delete(frame.id)
      for (const ids of this.#tabs.values()) ids.delete(frame.id)
    }
  }

  release(tab: number, id: number): void {
    this.#tabs.get(tab)?.delete(id)
  }

  /** Removes and returns the subscriptions that no tab has, to unsubscribe from them. */
  takeUnused(): number[] {
    const unused = [...this.#ids].filter((id) => ![...this.#tabs.values()].some((ids) => ids.has(id)))
    for (const id of unused) this.#ids.delete(id)
    return unused
  }
}
