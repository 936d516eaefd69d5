import { FilterTree } from './filter-tree.js'
import { isShare, overlap } from './filters.js'
import { recentPackets } from './recent-packets.js'
import type { Take } from './routes.js'
import type { Incoming, MqttWire } from './wire.js'

/** A filter that was asked for, and what takes its packets. */
export interface Listening {
  readonly filter: string
  readonly take: Take
}

/** One native subscription of a lane. */
export interface Held {
  readonly filter: string
  readonly listening: Set<Listening>
  readonly confirmed: Promise<void>
  /** Its end was asked for, and is not confirmed yet. */
  leaving: boolean
}

/** One of several connections to a server, none of whose filters overlap. */
export class Lane {
  readonly #wire: Promise<MqttWire>
  readonly #held: Map<string, Held> = new Map()
  readonly #byTopic: FilterTree<Held> = new FilterTree()
  readonly #recent: ReturnType<typeof recentPackets> = recentPackets()
  /** Cancels the end that a lane without a filter waits for. */
  stopLinger: () => void = () => {}

  constructor(wire: Promise<MqttWire>) {
    this.#wire = wire
  }

  get isEmpty(): boolean {
    return this.#held.size === 0
  }

  /** Whether it is subscribed to exactly this filter, and stays so. */
  holds(filter: string): boolean {
    return this.#held.get(filter)?.leaving === false
  }

  /** Whether a filter overlaps one of the lane's. */
  meets(filter: string): boolean {
    return this.#byTopic.meets(filter)
  }

  receive(packet: Incoming): void {
    const repeated = this.#recent.isRepeated(packet)
    const held = this.#byTopic.find(packet.topic)
    // What another member of a share was given first is marked as sent again, too.
    if (!held || (repeated && !isShare(held.filter))) return
    for (const { filter, take } of held.listening)
      if (filter === held.filter || overlap(filter, packet.topic)) take(packet)
  }

  /** Adds to the lane's subscription to a filter, and asks the server for it if there is none. */
  join(filter: string, listening: Listening): Held {
    const held = this.#hold(filter)
    held.listening.add(listening)
    return held
  }

  /**
   * Ends the subscription with the last that listens. Resolves when the server has confirmed that:
   * until then, the lane must get no filter that overlaps.
   */
  async leave(held: Held, listening: Listening): Promise<void> {
    if (held.leaving || !held.listening.has(listening)) return
    if (held.listening.size > 1) {
      held.listening.delete(listening)
      return
    }
    held.leaving = true
    await this.#wire.then(
      (wire) => wire.unsubscribe(held.filter),
      () => {},
    )
    if (this.#held.get(held.filter) !== held) return
    this.#held.delete(held.filter)
    this.#byTopic.delete(held.filter)
  }

  /** Ends the connection, if there is one. Never rejects. */
  close(): Promise<void> {
    return this.#wire.then(
      (wire) => wire.close(),
      () => {},
    )
  }

  #hold(filter: string): Held {
    const present = this.#held.get(filter)
    // On the last lanes it may be leaving: the server gets the new subscription after the end of
    // the old one.
    if (present && !present.leaving) return present
    const confirmed = this.#wire.then((wire) => wire.subscribe(filter))
    const held: Held = { filter, listening: new Set(), confirmed, leaving: false }
    this.#held.set(filter, held)
    this.#byTopic.set(filter, held)
    return held
  }
}
