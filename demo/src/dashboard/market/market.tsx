import { storeOf } from '../../stores.js'
import { Empty } from '../../ui/empty.js'
import { AuctionPanel } from './auction-panel.js'
import { LeadPanel } from './lead-panel.js'
import { LimitPanel } from './limit-panel.js'
import { QuotesPanel } from './quotes-panel.js'

/** Quotes as values, and a desk that windows share. */
export function Market() {
  const desk = storeOf('desk')
  return (
    <div className="grid items-start gap-4 lg:grid-cols-6">
      <QuotesPanel className="lg:col-span-4" />
      <div className="grid gap-4 lg:col-span-2">
        {desk === null ? (
          <Empty title="No desk">No broker of this relay has locks.</Empty>
        ) : (
          <>
            <AuctionPanel broker={desk} />
            <LeadPanel broker={desk} />
            <LimitPanel broker={desk} />
          </>
        )}
      </div>
    </div>
  )
}
