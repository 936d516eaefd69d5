import { type BrokerMessage, payloadSize } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { Sink } from '../foreign/driver.js'

/** The wait before messages are offered again. Members join, or the link comes up, soon. */
const pauseMs = 10

/** Limits of what waits. Messages beyond them are lost. */
const mostMessages = 10_000
const mostBytes = 8 * 1024 * 1024

/** Messages that each go to one member, which may not have joined yet. */
export interface Offers {
  offer(message: BrokerMessage): void
  /** Drops what waits, and all later messages. */
  end(): void
}

/**
 * Offers messages again, in order, if no member could take them. An MQTT server delivers messages
 * of a share as soon as it has the subscription: before members have its confirmation, and before
 * the link is up again. It delivers them to no other member.
 */
export function offers(sink: Sink, clock: Clock): Offers {
  const waiting: BrokerMessage[] = []
  let bytes = 0
  let ended = false
  let stop = (): void => {}

  /**
   * A message that is refused later had a member: its outcome is unknown, so it is not repeated.
   */
  function isTaken(message: BrokerMessage): boolean {
    let taken = true
    let isSynchronous = true
    sink(message, (isAccepted) => {
      if (isSynchronous) taken = isAccepted
    })
    isSynchronous = false
    return taken
  }

  function offerWaiting(): void {
    for (let first = waiting[0]; first && isTaken(first); first = waiting[0]) {
      waiting.shift()
      bytes -= payloadSize(first.payload)
    }
    if (waiting.length > 0) stop = clock.after(pauseMs, offerWaiting)
  }

  return {
    offer(message) {
      if (ended || (waiting.length === 0 && isTaken(message))) return
      const size = payloadSize(message.payload)
      if (waiting.length >= mostMessages || bytes + size > mostBytes) return
      bytes += size
      if (waiting.push(message) === 1) stop = clock.after(pauseMs, offerWaiting)
    },
    end() {
      ended = true
      stop()
      waiting.length = 0
    },
  }
}
