import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import { endedError } from './failures.js'
import { FilterTree } from './filter-tree.js'
import { isShare, overlap } from './filters.js'
import { placeFor, plainLanes } from './lane-plan.js'
import { recentPackets } from './recent-packets.js'
import type { Route, Routes, Take } from './routes.js'
import type { Incoming, Wire } from './wire.js'

/** A lane without a filter stays open for so long, since requests come and go. */
const lingerMs = 10_000

/** A server may be short of connections for a moment. */
const tries = 3
const pauseMs = 500

export interface LaneOptions {
  /** The first lane. */
  readonly wire: Wire
  /** Opens a further one. */
  open(lane: number, received: (packet: Incoming) => void): Promise<Wire>
  readonly clock: Clock
}

interface Listening {
  readonly filter: string
  readonly take: Take
}

/** One native subscription of a lane. */
interface Held {
  readonly filter: string
  readonly listening: Set<Listening>
  confirmed: Promise<void>
  /** Its end was asked for, and is not confirmed yet. */
  leaving: boolean
}

interface Lane {
  readonly wire: Promise<Wire>
  readonly held: Map<string, Held>
  readonly byTopic: FilterTree<Held>
  readonly recent: ReturnType<typeof recentPackets>
  stopLinger(): void
}

/** Filters that overlap go over several connections, each called a lane; see `lane-plan.ts`. They are opened on demand. */
export function byLanes({ wire, open, clock }: LaneOptions): Routes & { received(packet: Incoming): void } {
  const lanes: (Lane | undefined)[] = []
  let closed = false

  function received(lane: Lane, packet: Incoming): void {
    const repeated = lane.recent.isRepeated(packet)
    const held = lane.byTopic.find(packet.topic)
    // What another member of a share was given first is marked as sent again, too.
    if (!held || (repeated && !isShare(held.filter))) return
    for (const { filter, take } of held.listening)
      if (filter === held.filter || overlap(filter, packet.topic)) take(packet)
  }

  function laneAt(index: number): Lane {
    const present = lanes[index]
    if (present) {
      present.stopLinger()
      return present
    }
    const lane: Lane = {
      wire: index === 0 ? Promise.resolve(wire) : opened(index, (packet) => received(lane, packet)),
      held: new Map(),
      byTopic: new FilterTree(),
      recent: recentPackets(),
      stopLinger: () => {},
    }
    lanes[index] = lane
    lane.wire.catch(() => forget(index, lane))
    return lane
  }

  async function opened(index: number, take: Take): Promise<Wire> {
    for (let left = tries; ; left--) {
      try {
        const further = await open(index, take)
        if (!closed) return further
        await further.close()
      } catch (cause) {
        if (!closed && left === 1) throw tooFewConnections(cause)
      }
      if (closed) throw endedError()
      await new Promise<void>((resolve) => {
        clock.after(pauseMs, resolve)
      })
    }
  }

  function release(index: number, lane: Lane): void {
    if (closed || index === 0 || lane.held.size > 0 || lanes[index] !== lane) return
    lane.stopLinger()
    lane.stopLinger = clock.after(lingerMs, () => {
      forget(index, lane)
      void closeLane(lane)
    })
  }

  function forget(index: number, lane: Lane): void {
    if (lanes[index] === lane) lanes[index] = undefined
  }

  return {
    received: (packet) => received(laneAt(0), packet),
    add(filter, take) {
      const equal = lanes.findIndex((lane) => lane?.held.get(filter)?.leaving === false)
      const meets = (lane: number): boolean => lanes[lane]?.byTopic.meets(filter) ?? false
      const place = equal < 0 ? placeFor(filter, meets) : { lane: equal, filter }
      if (!place) return refused()
      const lane = laneAt(place.lane)
      const held = hold(lane, place.filter)
      const one: Listening = { filter, take }
      held.listening.add(one)
      const leave = (): Promise<void> => drop(lane, held, one).then(() => release(place.lane, lane))
      held.confirmed.catch(leave)
      return { confirmed: held.confirmed, end: leave }
    },
    async close() {
      closed = true
      for (const lane of lanes) lane?.stopLinger()
      await Promise.all([wire.close(), ...lanes.map((lane) => lane && closeLane(lane))])
    },
  }
}

/** The lane's subscription to a filter, asked for if need be. */
function hold(lane: Lane, filter: string): Held {
  const present = lane.held.get(filter)
  // On the last lanes it may be leaving: the server hears of its return after the end.
  if (present && !present.leaving) return present
  const confirmed = lane.wire.then((wire) => wire.subscribe(filter))
  const held: Held = { filter, listening: new Set(), confirmed, leaving: false }
  lane.held.set(filter, held)
  lane.byTopic.set(filter, held)
  return held
}

/** Until the server has confirmed the end of a filter, none that overlaps it may come to its lane. */
async function drop(lane: Lane, held: Held, one: Listening): Promise<void> {
  if (held.leaving || !held.listening.has(one)) return
  if (held.listening.size > 1) {
    held.listening.delete(one)
    return
  }
  held.leaving = true
  await lane.wire.then(
    (wire) => wire.unsubscribe(held.filter),
    () => {},
  )
  if (lane.held.get(held.filter) !== held) return
  lane.held.delete(held.filter)
  lane.byTopic.delete(held.filter)
}

function closeLane({ wire }: Lane): Promise<void> {
  return wire.then(
    (opened) => opened.close(),
    () => {},
  )
}

function refused(): Route {
  const why = `more than ${plainLanes} groups with patterns that overlap need a server with subscription identifiers`
  return { confirmed: Promise.reject(new WildcastError('unsupported', why)), end: async () => {} }
}

function tooFewConnections(cause: unknown): WildcastError {
  const why = `patterns that overlap need further connections without MQTT 5, and the server took none: ${WildcastError.from(cause).message}`
  return new WildcastError('internal', why, { cause })
}
