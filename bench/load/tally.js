import { Latencies } from './latencies.js'
import { ageUs } from './time-stamp.js'

/**
 * Counts arrivals, and notifies one callback.
 * @param {{ latencies: 'taken' | 'not taken' }} options Taking them costs as much as counting.
 */
export function tally({ latencies: wanted }) {
  const counts = { received: 0, confirmed: 0 }
  const latencies = new Latencies()
  let turn = () => {}

  function received() {
    counts.received++
    turn()
  }

  return {
    counts,
    latencies,
    /** A message. @type {(bytes: Buffer, at: number) => void} */
    received:
      wanted === 'not taken'
        ? received
        : (bytes, at) => {
            latencies.add(ageUs(bytes, at))
            received()
          },
    /** A confirmation. */
    confirmed() {
      counts.confirmed++
      turn()
    },
    /** @param {() => void} next Called after each count from now on. */
    onTurn(next) {
      turn = next
    },
  }
}
