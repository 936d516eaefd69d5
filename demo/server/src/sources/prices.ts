import type { Source } from './source.js'
import { startWalk } from './walk.js'

const means = { apple: 2.4, pear: 3.1, plum: 4.6, cherry: 7.8, quince: 5.4 }

/** Prices of fruits. Each changes four times a second; `n` numbers the messages of all of them. */
export function openPrices(): readonly Source[] {
  let n = 0
  return Object.entries(means).map(([good, mean]) => {
    const step = startWalk({ mean, step: mean * 0.012 })
    return {
      brokers: ['redis'],
      everyMs: 250,
      next: () => ({ subject: `price.${good}`, data: { price: Math.round(step() * 1000) / 1000, n: ++n } }),
    }
  })
}
