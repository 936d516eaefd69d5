import { overlap } from './filters.js'
import type { Route, Routes, Take } from './routes.js'
import type { Incoming, Wire } from './wire.js'

interface Subscribed {
  readonly filter: string
  readonly take: Take
}

/** Identifiers come back with each packet, so that it is clear what it was sent for: some servers send it once for each filter that matches, others once for all. */
export function byIdentifiers(wire: Wire, lose: () => void): Routes & { received(packet: Incoming): void } {
  const subscribed = new Map<number, Subscribed>()
  let last = 0

  /** A server that forgets an identifier may send the packet again for another filter: who else could be meant gets nothing. */
  function unmarked(packet: Incoming): void {
    const [only, other] = [...subscribed.values()].filter(({ filter }) => overlap(filter, packet.topic))
    if (other) lose()
    else only?.take(packet)
  }

  return {
    received(packet) {
      const { subscriptionIdentifier } = packet.properties ?? {}
      if (subscriptionIdentifier === undefined) unmarked(packet)
      else for (const id of new Set([subscriptionIdentifier].flat())) subscribed.get(id)?.take(packet)
    },
    add(filter, take): Route {
      const id = ++last
      subscribed.set(id, { filter, take })
      const confirmed = wire.subscribe(filter, id)
      confirmed.catch(() => subscribed.delete(id))
      return {
        confirmed,
        end: () => wire.unsubscribe(filter).then(() => void subscribed.delete(id)),
      }
    },
    close: () => wire.close(),
  }
}
