import { type BrokerMessage, payloadSize } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { Sink } from '../foreign/driver.js'

/** Members are there in a moment, or the link is whole. */
const pauseMs = 10

/** Past so much, what comes is lost. */
const mostMessages = 10_000
const mostBytes = 8 * 1024 * 1024

/** Messages of which each is for one taker, who may not be there yet. */
export interface Offers {
  offer(message: BrokerMessage): void
  /** Nobody comes any more. */
  end(): void
}

/**
 * Offers again, in order, what nobody could take. An MQTT server hands messages of a share out as
 * soon as it knows of the subscription: before members can be told that they are in, and while a
 * link that is back is not whole yet. What it has handed out it gives to nobody else.
 */
export function offers(sink: Sink, clock: Clock): Offers {
  const waiting: BrokerMessage[] = []
  let bytes = 0
  let ended = false
  let stop = (): void => {}

  /**
   * What is refused later was with somebody: nobody knows what became of it, so it is not offered
   * twice.
   */
  function isTaken(message: BrokerMessage): boolean {
    let taken = true
    let now = true
    sink(message, (by) => {
      if (now) taken = by
    })
    now = false
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
