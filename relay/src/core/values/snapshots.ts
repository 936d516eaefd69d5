import { type Pattern, refusal, type Subject } from '@wildcast/protocol'
import type { CancelSignal } from '../cancel.js'
import type { Clock } from '../clock.js'
import type { HistoryPageWant } from '../commands.js'
import type { Filter } from '../filters/filter.js'
import type { CatchUpStart } from '../history/catch-up.js'
import { type PageReader, readHistoryPage } from '../history/history-pages.js'
import type { HistoryStore, StoredMessage } from '../history-store.js'
import type { Outlet, ValueTarget } from '../outlet.js'
import type { ValueStore } from '../store.js'

/** Snapshots of a session at the same time. */
const most = 16

/** The size of a page of the store. */
const page = { values: 100, bytes: 256 * 1024 }

/** The values to send. */
export interface SnapshotSource {
  readonly store: ValueStore
  readonly pattern: Pattern
  /** Only values that match it are sent. */
  readonly filter?: Filter | undefined
}

/** The client, as it receives the values. */
export interface SnapshotTarget extends ValueTarget {
  /** Runs before the first value or message. */
  confirmed(start?: CatchUpStart): void
}

/** The history to send a page of. */
export interface HistorySnapshotSource {
  readonly store: HistoryStore
  readonly pattern: Pattern
  readonly filter: Filter | undefined
}

/** The snapshots that are being sent to one client. */
export class Snapshots {
  readonly #outlet: Outlet
  readonly #clock: Clock
  #count = 0

  constructor(outlet: Outlet, clock: Clock) {
    this.#outlet = outlet
    this.#clock = clock
  }

  /**
   * Sends the values of a pattern as fast as the client reads, then a mark of their end.
   * @throws {WildcastError} `rate_limited` if too many are being sent; the reason of `signal`
   */
  async send(source: SnapshotSource, target: SnapshotTarget, signal: CancelSignal): Promise<void> {
    await this.#counted(() => this.#send(source, target, signal))
  }

  /**
   * Sends a page of the history of a pattern as fast as the client reads, then a mark of its end.
   * @throws {WildcastError} as `send`
   */
  async sendPage(
    { filter, ...source }: HistorySnapshotSource,
    want: HistoryPageWant,
    target: SnapshotTarget,
    signal: CancelSignal,
  ): Promise<void> {
    const values = this.#outlet.encoder?.values
    const reader: PageReader = {
      confirmed: (start) => target.confirmed(start),
      ready: () => this.#caughtUp(),
      message: (message) => this.#deliver(values?.replayed(message, target)),
    }
    const matches = ({ payload }: StoredMessage): boolean => filter?.matches(payload) ?? true
    await this.#counted(() => readHistoryPage({ ...source, matches }, want, reader, signal))
    this.#deliver(values?.synced(target))
  }

  async #counted(send: () => Promise<void>): Promise<void> {
    if (this.#count >= most) throw refusal('rate_limited', `${most} snapshots are being sent; wait for one to end`)
    this.#count++
    try {
      await send()
    } finally {
      this.#count--
    }
  }

  async #send({ store, pattern, filter }: SnapshotSource, target: SnapshotTarget, signal: CancelSignal): Promise<void> {
    const values = this.#outlet.encoder?.values
    let after: Subject | undefined
    let isFirst = true
    do {
      const { values: found, next } = await store.page(pattern, { ...page, after })
      signal.throwIfAborted()
      if (isFirst) target.confirmed()
      isFirst = false
      for (const value of found) {
        if (filter && !filter.matches(value.payload)) continue
        await this.#caughtUp()
        signal.throwIfAborted()
        this.#deliver(values?.value(value, target))
      }
      after = next
      // A store in memory has each page at once: others have their turn.
      await new Promise<void>((resolve) => this.#clock.endOfTurn(resolve))
    } while (after !== undefined)
    this.#deliver(values?.synced(target))
  }

  /** Resolves when the client has read what was sent before. A client that has left never does. */
  #caughtUp(): Promise<void> | undefined {
    const outlet = this.#outlet
    return outlet.behind ? new Promise((resolve) => outlet.whenCaughtUp?.(resolve)) : undefined
  }

  #deliver(bytes: Uint8Array | undefined): void {
    if (bytes) this.#outlet.deliver({ bytes })
  }
}
