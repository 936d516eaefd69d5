import type { LeaderStart } from './leader.js'
import type { Ledger } from './ledger.js'
import type { Report } from './tab-message.js'

/**
 * Returns the state in which a new leader continues, from the reports of the tabs. Sets its ledger
 * to the most recent one.
 */
export function startFrom(reports: readonly Report[], ledger: Ledger): LeaderStart {
  const epoch = Math.max(0, ...reports.map((report) => report.epoch))
  // Tabs with an earlier epoch were frozen; the missing messages are in their queues.
  const current = reports.filter((report) => report.epoch === epoch)
  const [most] = [...current].sort((a, b) => sentIn(b) - sentIn(a))
  if (most) {
    ledger.adopt(most.view)
    ledger.welcome = most.welcome
  }
  return {
    epoch: epoch + 1,
    received: most ? Math.min(...current.map(({ received }) => received)) : 0,
    asking: current.flatMap(({ asking }) => asking),
  }
}

/** Returns how many frames had a number according to a tab. */
function sentIn({ view }: Report): number {
  return view.confirmed + view.orders.length
}
