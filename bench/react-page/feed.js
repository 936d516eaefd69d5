import { rowOf } from './row-of.js'

/** Interval of the deliveries, in milliseconds: that of `bench/react-publisher.js`. */
const tickMs = 4

/**
 * Delivers the rows of the publisher, of its subjects in turn at a total rate, without a relay and
 * an SDK. Returns a function that stops.
 */
export function feed({ subjects, rate, seconds }, deliver) {
  const total = rate * seconds
  const begun = performance.now()
  let delivered = 0
  const ticks = setInterval(() => {
    const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * rate))
    for (; delivered < due; delivered++) deliver(delivered % subjects, rowOf(delivered, subjects))
    if (delivered === total) clearInterval(ticks)
  }, tickMs)
  return () => clearInterval(ticks)
}
