import type { WildcastError } from '@wildcast/protocol'
import type { Feed } from '../feed.js'
import type { FeedMember } from '../feed-member.js'
import { CatchUp, type CatchUpStart } from './catch-up.js'
import { CatchingUp } from './catching-up.js'
import type { HistoryReader, JoiningReader } from './history-reader.js'

export interface SessionHistoriesPorts {
  readonly member: FeedMember
  /** The history of a subscription can't be read: it ends. */
  failed(feed: Feed, error: WildcastError): void
}

/** A reading of the history by a session. */
interface Reading {
  stop(): void
}

/** The subscriptions of a session that read the history of their pattern. */
export class SessionHistories {
  readonly #ports: SessionHistoriesPorts
  /** By the id of the subscription. */
  readonly #reading: Map<number, Set<Reading>> = new Map()

  constructor(ports: SessionHistoriesPorts) {
    this.#ports = ports
  }

  /** Returns the member to join a feed with. */
  joining(): JoiningReader {
    let isWhole = false
    const member = new CatchingUp(this.#ports.member, () => isWhole)
    return {
      member,
      begin: (feed, reader, replace) => {
        isWhole = feed.history().isWhole
        const confirmed = (start: CatchUpStart): void => {
          member.begin()
          reader.confirmed(start)
        }
        return this.#read(feed, { ...reader, confirmed }, (position) =>
          this.#caughtUp(feed, { member, position, replace }),
        )
      },
    }
  }

  /** The number of readers that have not caught up. */
  get reading(): number {
    return [...this.#reading.values()].reduce((sum, readers) => sum + readers.size, 0)
  }

  /**
   * Reads the history for a subscription that the session has already. Resolves and throws as
   * `begin`.
   */
  again(feed: Feed, reader: HistoryReader): Promise<boolean> {
    return this.#read(feed, reader, () => {})
  }

  end(id: number): void {
    for (const reading of this.#reading.get(id) ?? []) reading.stop()
    this.#reading.delete(id)
  }

  close(): void {
    for (const id of [...this.#reading.keys()]) this.end(id)
  }

  #read(feed: Feed, { want, confirmed }: HistoryReader, caughtUp: (position: string) => void): Promise<boolean> {
    const { member, failed } = this.#ports
    const all = this.#reading.get(feed.id) ?? new Set()
    this.#reading.set(feed.id, all)
    return new Promise((resolve, reject) => {
      let isConfirmed = false
      const over = (): void => {
        all.delete(reading)
        if (all.size === 0 && this.#reading.get(feed.id) === all) this.#reading.delete(feed.id)
      }
      const catchUp = new CatchUp({
        history: feed.history(),
        feed,
        outlet: member.outlet,
        want,
        slice: feed.ports.slice,
        confirmed: (start) => {
          isConfirmed = true
          confirmed(start)
          resolve(true)
        },
        caughtUp: (position) => {
          over()
          caughtUp(position)
        },
        failed: (error) => {
          over()
          if (isConfirmed) failed(feed, error)
          else reject(error)
        },
      })
      const reading: Reading = {
        stop() {
          catchUp.stop()
          resolve(false)
        },
      }
      all.add(reading)
      catchUp.start()
    })
  }

  /**
   * The session takes its place when the feed has delivered all up to this position: earlier
   * messages may still be on their way. A feed with a rate may deliver them at any time.
   */
  #caughtUp(
    feed: Feed,
    at: { readonly member: CatchingUp; readonly position: string; readonly replace: () => void },
  ): void {
    // Not during a delivery to the members of the feed: it would also reach the session.
    const replace = once(() => queueMicrotask(() => feed.ports.fanOut.run('', at.replace)))
    const isDelayed = feed.policy.maxRate !== undefined
    const { newest } = feed.history()
    at.member.caughtUp(at.position, isDelayed ? () => {} : replace)
    if (!isDelayed && newest !== undefined && newest >= at.position) replace()
  }
}

function once(run: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) run()
    isDone = true
  }
}
