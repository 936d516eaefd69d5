import type { WildcastError } from '@wildcast/protocol'
import type { Feed } from '../feed.js'
import type { Outlet } from '../outlet.js'
import { Replay } from './replay.js'

export interface SessionReplaysPorts {
  readonly outlet: Outlet
  /** The values of a subscription can't be read: it ends. */
  failed(feed: Feed, error: WildcastError): void
}

/** The subscriptions of a session that also receive the values of their pattern. */
export class SessionReplays {
  readonly #ports: SessionReplaysPorts
  /** By the id of the subscription. Equal ones share it, each with a `ref` of its own. */
  readonly #replays: Map<number, Replay[]> = new Map()
  /** Further requests for the values of a subscription, besides its first. */
  #further = 0

  constructor(ports: SessionReplaysPorts) {
    this.#ports = ports
  }

  get further(): number {
    return this.#further
  }

  /** Sends the values of a subscription, for the request with this `ref`. */
  begin(feed: Feed, ref: number): void {
    const { outlet } = this.#ports
    const replay = new Replay({
      values: feed.values(),
      outlet,
      feed,
      filter: feed.filter,
      ref,
      delayed: feed.policy.maxRate !== undefined,
      ...feed.ports,
      failed: (error) => this.#ports.failed(feed, error),
    })
    const replays = this.#replays.get(feed.id) ?? []
    this.#replays.set(feed.id, [...replays, replay])
    if (replays.length > 0) this.#further++
    replay.start()
  }

  /** Messages of a subscription were lost: all its values are sent again. */
  restart(id: number): void {
    for (const replay of this.#replays.get(id) ?? []) replay.start()
  }

  end(id: number): void {
    const replays = this.#replays.get(id) ?? []
    this.#replays.delete(id)
    this.#further -= Math.max(0, replays.length - 1)
    for (const replay of replays) replay.stop()
  }

  close(): void {
    for (const id of [...this.#replays.keys()]) this.end(id)
  }
}
