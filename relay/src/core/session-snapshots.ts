import { type Pattern, WildcastError } from '@wildcast/protocol'
import { Cancel } from './cancel.js'
import type { Clock } from './clock.js'
import type { HistoryPageWant, SnapshotCommand } from './commands.js'
import type { FeedRequest } from './feed-request.js'
import type { CatchUpStart } from './history/catch-up.js'
import type { Hub } from './hub.js'
import type { Outlet } from './outlet.js'
import type { SessionActions } from './session-actions.js'
import { Snapshots, type SnapshotTarget } from './values/snapshots.js'

export interface SessionSnapshotsPorts {
  readonly hub: Hub
  /** The checks of what the client wants to do. */
  readonly actions: SessionActions
  readonly clock: Clock
  readonly outlet: Outlet
  /** @throws {WildcastError} if the session was revoked */
  readonly demandPresent: () => void
  /** Publishes wait for pending decisions. */
  readonly whileDeciding: (decided: Promise<void>) => Promise<void>
}

/** Runs before the first value or message of a snapshot. */
export type SnapshotConfirmed = (of: { readonly subject: Pattern } & Partial<CatchUpStart>) => void

/** A snapshot that is being sent. */
interface Sending {
  readonly request: FeedRequest
  readonly cancel: Cancel
}

/** The snapshots of one session: of values, and pages of the history. */
export class SessionSnapshots {
  readonly #ports: SessionSnapshotsPorts
  // Set only while needed.
  #snapshots: Snapshots | undefined
  #sending: Set<Sending> | undefined

  constructor(ports: SessionSnapshotsPorts) {
    this.#ports = ports
  }

  /**
   * Sends the values of a pattern, or a page of its history, and no later message.
   * @throws {WildcastError} as `SessionSubscriptions.subscribe`; `rate_limited`
   */
  async send(want: SnapshotCommand, confirmed: SnapshotConfirmed): Promise<void> {
    const { actions, clock, demandPresent, outlet, whileDeciding } = this.#ports
    demandPresent()
    const { ref, page } = want
    const kind = page ? { history: { ref } } : { retained: ref }
    const { result, decided } = actions.subscribe({ ...want, ...kind })
    if (decided !== undefined) await whileDeciding(decided.then(demandPresent))
    this.#snapshots ??= new Snapshots(outlet, clock)
    const sending: Sending = { request: result, cancel: new Cancel() }
    this.#sending ??= new Set()
    this.#sending.add(sending)
    const { pattern: subject } = result.interest
    const target: SnapshotTarget = {
      ref,
      feed: { broker: result.broker },
      confirmed: (start) => confirmed({ subject, ...start }),
    }
    await this.#send(sending, target, page).finally(() => this.#sending?.delete(sending))
  }

  /** Ends the snapshots that the present identity may not read. */
  async checkAgain(): Promise<void> {
    await Promise.all([...(this.#sending ?? [])].map((one) => this.#checkAgain(one)))
  }

  /** Ends all. */
  close(): void {
    for (const { cancel } of this.#sending ?? [])
      cancel.abort(new WildcastError('interrupted', 'the session has ended'))
  }

  async #send({ request, cancel }: Sending, target: SnapshotTarget, page: HistoryPageWant | undefined): Promise<void> {
    const { hub } = this.#ports
    const { broker, interest, filter } = request
    const { pattern } = interest
    if (page)
      await this.#snapshots?.sendPage({ store: hub.history(broker, pattern), pattern, filter }, page, target, cancel)
    else await this.#snapshots?.send({ store: hub.values(broker), pattern, filter }, target, cancel)
  }

  async #checkAgain({ request, cancel }: Sending): Promise<void> {
    const { actions } = this.#ports
    const { identity } = actions
    const refused = await actions.withdrawn(request)
    if (refused && actions.identity === identity) cancel.abort(refused)
  }
}
