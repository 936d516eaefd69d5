import type { RelayFrame, WelcomeFrame } from '@wildcast/protocol/client'
import { fromSharedRef } from './ref.js'

/** Which frame of which tab it is. */
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
 * What every tab knows of the shared session, so that each can go on with it: whose the frames are
 * that the relay has not confirmed, and who has which subscription.
 */
export class Ledger {
  welcome: WelcomeFrame | undefined
  /** The relay has so many frames for sure. */
  #confirmed = 0
  /** Whose the frames after that are. Undefined: a leader's own. */
  #orders: (FrameOwner | undefined)[] = []
  /** The last frame of each tab that the relay has for sure. */
  #settled = new Map<number, number>()
  /** The subscriptions of each tab. */
  #tabs = new Map<number, Set<number>>()
  /** All subscriptions at the relay. */
  #ids = new Set<number>()

  /** How many frames have a number. */
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

  adopt({ confirmed, orders, settled, tabs, ids }: LedgerView): void {
    this.#confirmed = confirmed
    this.#orders = [...orders]
    this.#settled = new Map(settled)
    this.#tabs = new Map([...tabs].map(([tab, held]) => [tab, new Set(held)]))
    this.#ids = new Set(ids)
  }

  /** The session is lost. */
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

  /** The next frame is this one. */
  order(number: number, owner: FrameOwner | undefined): void {
    if (number === this.sent + 1) this.#orders.push(owner)
    if (!this.welcome?.limits.resume_bytes) this.confirm(number) // nobody goes on with it
  }

  /** The relay has so many frames. Returns false if nobody knows whose they are. */
  confirm(count: number): boolean {
    if (count > this.sent) return false
    const done = Math.max(0, count - this.#confirmed)
    for (const owner of this.#orders.splice(0, done)) if (owner) this.#settled.set(owner.tab, owner.number)
    this.#confirmed += done
    return count === this.#confirmed
  }

  /**
   * The relay has what is confirmed, and nothing else: what was ordered after that is to be ordered
   * again.
   */
  cut(): void {
    this.#orders = []
  }

  /** The last frame of a tab that the relay has for sure. */
  settledOf(tab: number): number {
    return this.#settled.get(tab) ?? 0
  }

  /** The last frame of a tab that has a number. */
  lastOf(tab: number): number {
    return this.#orders.findLast((owner) => owner?.tab === tab)?.number ?? this.settledOf(tab)
  }

  /** Takes note of what a frame of the relay says about subscriptions. */
  note(frame: RelayFrame): void {
    if (frame.kind === 'Subscribed') {
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

  /** The subscriptions that no tab has: the relay is about to be asked to end them. */
  takeUnused(): number[] {
    const unused = [...this.#ids].filter((id) => ![...this.#tabs.values()].some((ids) => ids.has(id)))
    for (const id of unused) this.#ids.delete(id)
    return unused
  }
}
