import { WildcastError } from '@wildcast/protocol'
import { type HistoryState, readingFrom, type StoredMessage } from '../history-store.js'
import type { FeedFacts, Outlet } from '../outlet.js'
import { laterOf, noPosition } from '../position.js'
import type { TimeSlice } from '../time-slice.js'
import type { FeedHistory, KeptMessages } from './feed-history.js'
import { startOfNewest } from './newest.js'

/** The messages that a subscriber asks for. */
export interface HistoryWant {
  /** The number of the request. */
  readonly ref: number
  /** The messages after this position. */
  readonly after?: string | undefined
  /** Or the newest messages, this many. */
  readonly last?: number | undefined
}

/** The answer to a subscriber, before its first message. */
export interface CatchUpStart extends KeptMessages {
  /** The newest position of the store. */
  readonly position: string
  /** Whether no kept message can be missing. Undefined for `last`. */
  readonly recovered?: boolean | undefined
}

export interface CatchUpPorts {
  readonly history: FeedHistory
  readonly feed: FeedFacts
  readonly outlet: Outlet
  readonly want: HistoryWant
  readonly slice: TimeSlice
  readonly confirmed: (start: CatchUpStart) => void
  /** All is sent up to this position. */
  readonly caughtUp: (position: string) => void
  /** The history can't be read. */
  readonly failed: (error: WildcastError) => void
}

/** The size of a page of the store. */
const page = { messages: 100, bytes: 64 * 1024 }

/**
 * Sends kept messages to one subscriber, as fast as it reads, until those that it lacks are all
 * among the recent ones of its feed: then it takes these, and has caught up in the same step. Each
 * message that may be missing is reported as a gap.
 */
export class CatchUp {
  readonly #ports: CatchUpPorts
  /** The position up to which all was sent. */
  #position = ''
  /** When all is sent, nothing is missing up to here, whatever the position is of. */
  #newest = ''
  /** Messages that were forgotten up to here are not reported again. */
  #reported = ''
  #isStopped = false

  constructor(ports: CatchUpPorts) {
    this.#ports = ports
  }

  /** Sends all. Reports its failure to `failed`. */
  start(): void {
    this.#run().catch((cause: unknown) => {
      if (!this.#isStopped) this.#ports.failed(WildcastError.from(cause))
    })
  }

  stop(): void {
    this.#isStopped = true
  }

  async #run(): Promise<void> {
    await this.#whileUp(() => this.#begin())
    while (!this.#isStopped) {
      if (await this.#sendRecent()) return
      await this.#whileUp(() => this.#sendPage())
    }
  }

  async #begin(): Promise<void> {
    const { history, want, confirmed } = this.#ports
    const { store, pattern, recent } = history
    await history.live()
    const { after } = want
    // The newest one may be under way from another relay.
    if (after !== undefined && recent.newestIfKnown(after) !== undefined) await history.delivered()
    const known = after === undefined ? undefined : recent.newestIfKnown(after)
    const state = known === undefined ? await store.historyState(pattern, after ?? noPosition) : undefined
    const start = after ?? (await startOfNewest(history, want.last ?? 0))
    if (this.#isStopped) return
    this.#newest = known ?? state?.newest ?? noPosition
    this.#position = this.#startOf(start, state)
    this.#reported = state?.forgotten ?? noPosition
    const recovered = !state || (state.isKnown && start >= state.forgotten)
    confirmed({
      position: this.#newest,
      recovered: after === undefined ? undefined : recovered,
      whole: history.isWhole || undefined,
    })
    if (after !== undefined && !recovered) this.#sendGap()
  }

  /** Returns the position after which to begin. */
  #startOf(start: string, state: (HistoryState & { readonly isKnown: boolean }) | undefined): string {
    if (!state) return start
    if (this.#ports.want.after !== undefined) return readingFrom(start, state)
    // More messages may have come while the newest ones were counted.
    return start > state.newest ? state.newest : start
  }

  /**
   * Sends recent messages, as long as no other is missing before them. Returns whether the
   * subscriber has caught up.
   */
  async #sendRecent(): Promise<boolean> {
    const { history, caughtUp, outlet, feed, want, slice } = this.#ports
    const { recent } = history
    while (recent.cover(this.#position)) {
      await this.#readyToSend()
      if (this.#isStopped) return true
      // Nothing else runs between this check and the end of the step.
      if (!recent.cover(this.#position)) return false
      let next = recent.next(this.#position)
      while (next && !outlet.behind && slice.admits(next.payload.length)) {
        this.#send(next)
        next = recent.next(this.#position)
      }
      if (next) {
        if (!outlet.behind) await slice.turn()
        continue
      }
      this.#deliver(outlet.encoder?.values?.synced({ feed, ref: want.ref }))
      this.#deliver(outlet.encoder?.caughtUp?.(laterOf(this.#position, this.#newest)))
      caughtUp(this.#position)
      return true
    }
    return false
  }

  /** Sends a page. A reader that falls behind reads the rest again, and takes no memory. */
  async #sendPage(): Promise<void> {
    const { history, outlet, slice } = this.#ports
    const { store, pattern, recent } = history
    await history.live()
    if (recent.cover(this.#position)) return
    await this.#readyToSend()
    void recent.fill().catch(() => {}) // this reader meets the same failure
    const read = await store.historyPage(pattern, { ...page, after: this.#position })
    if (this.#isStopped) return
    if (read.forgotten > laterOf(this.#position, this.#reported)) {
      this.#reported = read.forgotten
      this.#sendGap()
    }
    for (const message of read.messages) {
      if (outlet.behind) return
      if (history.matches(message)) this.#send(message)
      else this.#position = message.position
      if (!slice.admits(message.payload.length)) await slice.turn()
      if (this.#isStopped) return
    }
    this.#position = laterOf(this.#position, read.next ?? read.newest)
  }

  /** Repeats a step while the link breaks. */
  async #whileUp(step: () => Promise<void>): Promise<void> {
    while (!this.#isStopped) {
      try {
        await step()
        return
      } catch (cause) {
        const { code } = WildcastError.from(cause)
        if (code !== 'broker_down' && code !== 'interrupted') throw cause
        await this.#ports.slice.turn()
      }
    }
  }

  /** Resolves when the client has read what was sent before. A client that has left never does. */
  async #readyToSend(): Promise<void> {
    const { outlet } = this.#ports
    if (outlet.behind) await new Promise<void>((resolve) => outlet.whenCaughtUp?.(resolve))
  }

  #send(message: StoredMessage): void {
    const { history, outlet, feed, want } = this.#ports
    this.#position = message.position
    const bytes = history.replays.encode(message, { feed, ref: want.ref }, outlet.encoder)
    outlet.deliver({ bytes, feed, message, replay: true })
  }

  #sendGap(): void {
    const { outlet, feed, want } = this.#ports
    this.#deliver(outlet.encoder?.gap(feed, undefined, want.ref))
  }

  #deliver(bytes: Uint8Array | undefined): void {
    const { outlet, feed } = this.#ports
    if (bytes) outlet.deliver({ bytes, feed, replay: true })
  }
}
