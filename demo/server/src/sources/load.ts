import type { Client } from '@wildcast/client'
import { publish } from './run-sources.js'
import type { Source } from './source.js'

/** More than this is not simulated, in messages a second. */
const mostPerSecond = 20_000

/** A page renews its wish in this time; a page that was closed leaves no load behind. */
const leaseMs = 10_000

const tickMs = 10

/**
 * Publishes additional prices at the rate that a page asks for with a request to `demo.load`, such
 * as `{ "perSecond": 20000 }`. It answers with the rate that applies.
 */
export function serveLoad(client: Client, sources: readonly Source[]): void {
  let perSecond = 0
  let until = 0
  let due = 0
  let turn = 0
  let ticker: NodeJS.Timeout | undefined
  let last = 0

  function tick(): void {
    const now = performance.now()
    if (now > until || perSecond === 0) {
      clearInterval(ticker)
      ticker = undefined
      return
    }
    // At most a tenth of a second is made up for, or a stall would end in a burst.
    due = Math.min(due + ((now - last) * perSecond) / 1000, perSecond / 10)
    last = now
    for (; due >= 1; due--) {
      const source = sources[turn++ % sources.length]
      if (source) publish(client, source, source.next())
    }
  }

  client.serve('demo.load', ({ data }) => {
    perSecond = rateIn(data)
    until = performance.now() + leaseMs
    if (perSecond > 0 && !ticker) {
      last = performance.now()
      ticker = setInterval(tick, tickMs)
    }
    return { perSecond }
  })
}

/** A rate that can be simulated, whatever the request holds. */
function rateIn(data: unknown): number {
  if (typeof data !== 'object' || data === null || !('perSecond' in data)) return 0
  const rate = Number(data.perSecond)
  return Number.isFinite(rate) ? Math.min(Math.max(0, rate), mostPerSecond) : 0
}
