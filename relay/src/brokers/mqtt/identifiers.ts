import { BoundedMap } from '../bounded-map.js'
import { isShare, overlap } from './filters.js'
import { recentPackets } from './recent-packets.js'
import type { Route, Routes, Take } from './routes.js'
import type { Incoming, MqttWire } from './wire.js'

interface Listening {
  readonly take: Take
}

/** A subscription at the server, and those who share it. */
interface Held {
  readonly id: number
  readonly filter: string
  readonly listening: Set<Listening>
  readonly confirmed: Promise<void>
}

/**
 * A server may go on to send what it had taken for a subscription before its end (MQTT 5, 3.10.4).
 * At most this many that have ended are remembered.
 */
const mostLate = 1000

/**
 * Finds the subscriptions of a packet by the identifiers in it: some servers send a packet once for
 * each filter that matches, others once for all.
 */
export class Identifiers implements Routes {
  readonly #wire: MqttWire
  readonly #lose: () => void
  /** Until the server has confirmed their end. */
  readonly #held: Map<number, Held> = new Map()
  /**
   * Until their end is asked for: of two subscriptions to one filter, a server would forget the
   * first.
   */
  readonly #byFilter: Map<string, Held> = new Map()
  /** Those whose end was confirmed. */
  readonly #late: BoundedMap<number, Held> = new BoundedMap(mostLate)
  readonly #recent: ReturnType<typeof recentPackets> = recentPackets()
  #last = 0

  /** @param lose Called for each packet that can't be brought to a subscription. */
  constructor(wire: MqttWire, lose: () => void) {
    this.#wire = wire
    this.#lose = lose
  }

  received(packet: Incoming): void {
    const repeated = this.#recent.isRepeated(packet)
    // What another member of a share was given first is marked as sent again, too.
    for (const { filter, listening } of this.#meant(packet))
      if (!repeated || isShare(filter)) for (const { take } of listening) take(packet)
  }

  add(filter: string, take: Take): Route {
    const held = this.#byFilter.get(filter) ?? this.#hold(filter)
    const listening: Listening = { take }
    held.listening.add(listening)
    return { confirmed: held.confirmed, end: () => this.#leave(held, listening) }
  }

  close(): Promise<void> {
    return this.#wire.close()
  }

  #hold(filter: string): Held {
    const id = ++this.#last
    const held: Held = { id, filter, listening: new Set(), confirmed: this.#wire.subscribe(filter, id) }
    this.#held.set(id, held)
    this.#byFilter.set(filter, held)
    held.confirmed.catch(() => {
      this.#letGo(held)
      this.#held.delete(id)
    })
    return held
  }

  async #leave(held: Held, listening: Listening): Promise<void> {
    if (this.#byFilter.get(held.filter) !== held || !held.listening.has(listening)) return
    if (held.listening.size > 1) {
      held.listening.delete(listening)
      return
    }
    this.#letGo(held)
    await this.#wire.unsubscribe(held.filter)
    this.#held.delete(held.id)
    this.#late.set(held.id, held)
  }

  #letGo(held: Held): void {
    if (this.#byFilter.get(held.filter) === held) this.#byFilter.delete(held.filter)
  }

  /**
   * The subscriptions that a packet was sent for. A server that forgets the identifier may send the
   * packet again for another filter: if more than one could be meant, none gets it.
   */
  #meant({ topic, properties = {} }: Incoming): readonly Held[] {
    const { subscriptionIdentifier } = properties
    if (subscriptionIdentifier !== undefined) {
      const ids = [...new Set([subscriptionIdentifier].flat())]
      return ids.flatMap((id) => this.#held.get(id) ?? this.#late.get(id) ?? [])
    }
    const matching = [...this.#held.values()].filter(({ filter }) => overlap(filter, topic))
    if (matching.length <= 1) return matching
    this.#lose()
    return []
  }
}
