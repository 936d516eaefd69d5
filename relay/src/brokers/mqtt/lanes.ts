import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import { Lane, type LaneListener } from './lane.js'
import { placementOf, plainLanes } from './lane-plan.js'
import { openPatiently } from './patient-open.js'
import type { Route, Routes, Take } from './routes.js'
import type { Incoming, MqttWire } from './wire.js'

/** How long a lane without filters stays open: the next request may need it. */
const lingerMs = 10_000

export interface LaneOptions {
  /** The connection of the first lane. */
  readonly wire: MqttWire
  /** Opens a connection for another lane. */
  open(lane: number, received: (packet: Incoming) => void): Promise<MqttWire>
  readonly clock: Clock
}

/**
 * Spreads filters that overlap over several connections, called lanes: see `lane-plan.ts`. Lanes
 * are opened on demand.
 */
export class MqttLanes implements Routes {
  readonly #options: LaneOptions
  readonly #lanes: (Lane | undefined)[] = []
  #closed = false

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /** Receives a packet of the first lane. */
  received(packet: Incoming): void {
    this.#laneAt(0).receive(packet)
  }

  add(filter: string, take: Take): Route {
    const present = this.#lanes.findIndex((lane) => lane?.has(filter))
    const overlaps = (lane: number): boolean => this.#lanes[lane]?.overlaps(filter) ?? false
    const placement = present < 0 ? placementOf(filter, overlaps) : { lane: present, filter }
    if (!placement) return refused()
    const lane = this.#laneAt(placement.lane)
    const listener: LaneListener = { filter, take }
    const subscription = lane.join(placement.filter, listener)
    const leave = (): Promise<void> =>
      lane.leave(subscription, listener).then(() => this.#release(placement.lane, lane))
    subscription.confirmed.catch(leave)
    return { confirmed: subscription.confirmed, end: leave }
  }

  async mark(): Promise<void> {
    this.#laneAt(0)
    await Promise.all(this.#lanes.map((lane) => lane?.mark()))
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const lane of this.#lanes) lane?.stopLinger()
    await Promise.all([this.#options.wire.close(), ...this.#lanes.map((lane) => lane?.close())])
  }

  #laneAt(index: number): Lane {
    const present = this.#lanes[index]
    if (present) {
      present.stopLinger()
      return present
    }
    const take = (packet: Incoming): void => lane.receive(packet)
    const wire = index === 0 ? Promise.resolve(this.#options.wire) : this.#openWire(index, take)
    const lane = new Lane(wire)
    this.#lanes[index] = lane
    wire.catch(() => this.#remove(index, lane))
    return lane
  }

  #openWire(index: number, take: Take): Promise<MqttWire> {
    const { open, clock } = this.#options
    return openPatiently({
      open: () => open(index, take),
      clock,
      isClosed: () => this.#closed,
      why: 'patterns that overlap need more connections without MQTT 5',
    })
  }

  /** Closes a lane after a while if it has no filters. The first lane stays. */
  #release(index: number, lane: Lane): void {
    if (this.#closed || index === 0 || !lane.isEmpty || this.#lanes[index] !== lane) return
    lane.stopLinger()
    lane.stopLinger = this.#options.clock.after(lingerMs, () => {
      this.#remove(index, lane)
      void lane.close()
    })
  }

  #remove(index: number, lane: Lane): void {
    if (this.#lanes[index] === lane) this.#lanes[index] = undefined
  }
}

function refused(): Route {
  const why = `more than ${plainLanes} groups with patterns that overlap need a server with subscription identifiers`
  return { confirmed: Promise.reject(new WildcastError('unsupported', why)), end: async () => {} }
}
