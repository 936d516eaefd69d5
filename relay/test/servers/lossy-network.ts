import { Transform } from 'node:stream'
import { realClock } from '../../src/index.js'

export interface LossyNetworkOptions {
  /** The same seed causes the same losses and delays. */
  readonly seed: number
  /** The capacity of each direction of a connection. */
  readonly bytesPerMs: number
  /** The minimum and maximum delay of a direction: connections overtake one another. */
  readonly delayMs: readonly [number, number]
  /** One of this number of packets is lost, at a random place. */
  readonly lostOf: number
  /** The time until a lost packet is sent again. */
  readonly repeatMs: number
}

export interface LossyNetwork {
  /** Opens one direction of a connection. */
  lane(): Transform
  /** The number of lost packets so far. */
  readonly lost: number
}

const packetBytes = 1400

/**
 * A slow network that loses packets, as the ends of a TCP connection see it: no bytes are missing
 * or out of order, but a lost packet is sent again, so it and all packets after it are late.
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
        // The oldest one: timers of the same millisecond fire in any order.
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
