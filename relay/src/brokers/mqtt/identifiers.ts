import { isShare, overlap } from './filters.js'
import { recentPackets } from './recent-packets.js'
import type { Route, Routes, Take } from './routes.js'
import type { Incoming, Wire } from './wire.js'

/** A subscription at the server, and those who share it. */
interface Held {
  readonly id: number
  readonly filter: string
  readonly listening: Set<{ readonly take: Take }>
  readonly confirmed: Promise<void>
}

/** A server may go on to send what it had taken for a subscription before its end (MQTT 5, 3.10.4). So many that have ended are remembered. */
const mostLate = 1000

/** Identifiers come back with each packet, so that it is clear what it was sent for: some servers send it once for each filter that matches, others once for all. */
export function byIdentifiers(wire: Wire, lose: () => void): Routes & { received(packet: Incoming): void } {
  /** Until the server has confirmed their end. */
  const held = new Map<number, Held>()
  /** Until their end is asked for: of two subscriptions to one filter, a server would forget the first. */
  const byFilter = new Map<string, Held>()
  /** Those whose end was confirmed. */
  const late = new Map<number, Held>()
  const recent = recentPackets()
  let last = 0

  function hold(filter: string): Held {
    const id = ++last
    const one: Held = { id, filter, listening: new Set(), confirmed: wire.subscribe(filter, id) }
    held.set(id, one)
    byFilter.set(filter, one)
    one.confirmed.catch(() => {
      letGo(one)
      held.delete(id)
    })
    return one
  }

  function letGo(one: Held): void {
    if (byFilter.get(one.filter) === one) byFilter.delete(one.filter)
  }

  /** Those for whom a packet was sent. A server that forgets an identifier may send it again for another filter: who else could be meant gets nothing. */
  function meant({ topic, properties = {} }: Incoming): readonly Held[] {
    const { subscriptionIdentifier } = properties
    if (subscriptionIdentifier !== undefined)
      return [...new Set([subscriptionIdentifier].flat())].flatMap((id) => held.get(id) ?? late.get(id) ?? [])
    const matching = [...held.values()].filter(({ filter }) => overlap(filter, topic))
    if (matching.length <= 1) return matching
    lose()
    return []
  }

  return {
    received(packet) {
      const repeated = recent.isRepeated(packet)
      // What another member of a share was given first is marked as sent again, too.
      for (const { filter, listening } of meant(packet))
        if (!repeated || isShare(filter)) for (const { take } of listening) take(packet)
    },
    add(filter, take): Route {
      const one = byFilter.get(filter) ?? hold(filter)
      const mine = { take }
      one.listening.add(mine)
      return {
        confirmed: one.confirmed,
        async end() {
          if (byFilter.get(filter) !== one || !one.listening.has(mine)) return
          if (one.listening.size > 1) {
            one.listening.delete(mine)
            return
          }
          letGo(one)
          await wire.unsubscribe(filter)
          held.delete(one.id)
          late.set(one.id, one)
          if (late.size > mostLate) late.delete(late.keys().next().value as number)
        },
      }
    },
    close: () => wire.close(),
  }
}
