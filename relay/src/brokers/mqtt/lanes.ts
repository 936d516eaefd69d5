import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import { mqttEndedError } from './failures.js'
import { Lane, type Listening } from './lane.js'
import { placeFor, plainLanes } from './lane-plan.js'
import type { Route, Routes, Take } from './routes.js'
import type { Incoming, MqttWire } from './wire.js'

/** How long a lane without a filter stays open, since requests come and go. */
const lingerMs = 10_000

/** A server may be short of connections for a moment. */
const tries = 3
const pauseMs = 500

export interface LaneOptions {
  /** The first lane. */
  readonly wire: MqttWire
  /** Opens a further one. */
  open(lane: number, received: (packet: Incoming) => void): Promise<MqttWire>
  readonly clock: Clock
}

/**
 * Spreads filters that overlap over several connections, each called a lane; see `lane-plan.ts`.
 * Lanes are opened on demand.
 */
export class MqttLanes implements Routes {
  readonly #options: LaneOptions
  readonly #lanes: (Lane | undefined)[] = []
  #closed = false

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /** Takes a packet of the first lane. */
  received(packet: Incoming): void {
    this.#laneAt(0).receive(packet)
  }

  add(filter: string, take: Take): Route {
    const equal = this.#lanes.findIndex((lane) => lane?.holds(filter))
    const meets = (lane: number): boolean => this.#lanes[lane]?.meets(filter) ?? false
    const place = equal < 0 ? placeFor(filter, meets) : { lane: equal, filter }
    if (!place) return refused()
    const lane = this.#laneAt(place.lane)
    const listening: Listening = { filter, take }
    const held = lane.join(place.filter, listening)
    const leave = (): Promise<void> => lane.leave(held, listening).then(() => this.#release(place.lane, lane))
    held.confirmed.catch(leave)
    return { confirmed: held.confirmed, end: leave }
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
    const wire = index === 0 ? Promise.resolve(this.#options.wire) : this.#opened(index, take)
    const lane = new Lane(wire)
    this.#lanes[index] = lane
    wire.catch(() => this.#forget(index, lane))
    return lane
  }

  async #opened(index: number, take: Take): Promise<MqttWire> {
    const { open, clock } = this.#options
    for (let left = tries; ; left--) {
      try {
        const further = await open(index, take)
        if (!this.#closed) return further
        await further.close()
      } catch (cause) {
        if (!this.#closed && left === 1) throw tooFewConnections(cause)
      }
      if (this.#closed) throw mqttEndedError()
      await new Promise<void>((resolve) => {
        clock.after(pauseMs, resolve)
      })
    }
  }

  #release(index: number, lane: Lane): void {
    if (this.#closed || index === 0 || !lane.isEmpty || this.#lanes[index] !== lane) return
    lane.stopLinger()
    lane.stopLinger = this.#options.clock.after(lingerMs, () => {
      this.#forget(index, lane)
      void lane.close()
    })
  }

  #forget(index: number, lane: Lane): void {
    if (this.#lanes[index] === lane) this.#lanes[index] = undefined
  }
}

function refused(): Route {
  const why = `more than ${plainLanes} groups with patterns that overlap need a server with subscription identifiers`
  return { confirmed: Promise.reject(new WildcastError('unsupported', why)), end: async () => {} }
}

function tooFewConnections(cause: unknown): WildcastError {
  const why = `patterns that overlap need further connections without MQTT 5, and the server took none: ${WildcastError.from(cause).message}`
  return new WildcastError('internal', why, { cause })
}
