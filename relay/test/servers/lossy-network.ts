import { Transform } from 'node:stream'
import { realClock } from '../../src/index.js'

export interface LossyNetworkOptions {
  /** The same losses and delays for the same packets. */
  readonly seed: number
  /** What each direction of a connection carries. */
  readonly bytesPerMs: number
  /**
   * The least and the most that a direction of a connection delays everything: connections overtake
   * one another.
   */
  readonly delayMs: readonly [number, number]
  /** One packet of so many is lost, each time another. */
  readonly lostOf: number
  /** How long it takes until a lost packet was sent again. */
  readonly repeatMs: number
}

export interface LossyNetwork {
  /** One direction of a connection. */
  lane(): Transform
  /** Packets that were lost so far. */
  readonly lost: number
}

const packetBytes = 1400

/**
 * A slow network that loses packets, as two ends of TCP see it: nothing is missing or out of order
 * on a connection, since a lost packet is sent again, but it and all behind it come late.
 */
export function lossyNetwork(options: LossyNetworkOptions): LossyNetwork {
  const { bytesPerMs, lostOf, repeatMs } = options
  const [least, most] = options.delayMs
  let { seed } = options
  let packets = 0
  let lostAt = 0
  let lost = 0

  /** From 0 up to 1 (Park and Miller's generator). */
  function random(): number {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }

  function isLost(): boolean {
    const place = packets++ % lostOf
    if (place === 0) lostAt = Math.floor(random() * lostOf)
    if (place === lostAt) lost++
    return place === lostAt
  }

  function lane(): Transform {
    const delayMs = least + random() * (most - least)
    const underWay: Buffer[] = []
    let sentAt = 0
    let dueAt = 0
    let end: (() => void) | undefined

    function send(packet: Buffer): void {
      const now = realClock.now()
      sentAt = Math.max(sentAt, now) + packet.length / bytesPerMs
      dueAt = Math.max(dueAt, sentAt + delayMs + (isLost() ? repeatMs : 0))
      underWay.push(packet)
      realClock.after(dueAt - now, () => {
        // The oldest one, whichever timer it was: those that are due in the same millisecond ring
        // in any order.
        through.push(underWay.shift())
        if (underWay.length === 0) end?.()
      })
    }

    const through = new Transform({
      transform(bytes: Buffer, _, done) {
        for (let from = 0; from < bytes.length; from += packetBytes) send(bytes.subarray(from, from + packetBytes))
        done()
      },
      flush(done) {
        end = done
        if (underWay.length === 0) end()
      },
    })
    return through
  }

  return {
    lane,
    get lost() {
      return lost
    },
  }
}
