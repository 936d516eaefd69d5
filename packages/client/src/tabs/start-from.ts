import type { LeaderStart } from './leader.js'
import type { Ledger } from './ledger.js'
import type { Report } from './tab-message.js'

/**
 * Where a new leader goes on, from what the tabs have. Its ledger becomes that of the tab which
 * knows most.
 */
export function startFrom(reports: readonly Report[], ledger: Ledger): LeaderStart {
  const epoch = Math.max(0, ...reports.map((report) => report.epoch))
  // The others have been frozen, and have the rest on their way to them.
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

/** How many frames had a number, as far as a tab knows. */
function sentIn({ view }: Report): number {
  return view.confirmed + view.orders.length
}
