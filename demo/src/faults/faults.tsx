import { useEffect } from 'react'
import { useConnection } from '../bridge.js'
import { pollMetrics } from '../relay-metrics.js'
import { ViewHeader } from '../shell/view-header.js'
import { BrokersPanel } from './brokers-panel.js'
import { ConnectionPanel } from './connection-panel.js'
import { findControl } from './control.js'
import { JournalPanel } from './journal-panel.js'
import { LeaderPanel } from './leader-panel.js'
import { runMessages } from './message-run.js'
import { OutcomesPanel } from './outcomes-panel.js'
import { watchTokens } from './rights.js'
import { RightsPanel } from './rights-panel.js'
import { watchBrokers } from './watch-brokers.js'

/** Breaks things on purpose, and shows what follows. */
export function Faults() {
  useEffect(() => {
    const undos = [watchBrokers(), watchTokens(), pollMetrics(), runMessages()]
    return () => {
      for (const undo of undos) undo()
    }
  }, [])
  const isOnline = useConnection().state === 'online'
  useEffect(() => {
    if (isOnline) void findControl() // each start of the demo has another
  }, [isOnline])
  return (
    <>
      <ViewHeader title="Faults" note="Break it, and watch it heal by itself" />
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid max-w-page gap-4 p-4 md:p-6 lg:grid-cols-6">
          <ConnectionPanel className="lg:col-span-3" />
          <BrokersPanel className="lg:col-span-3" />
          <RightsPanel className="lg:col-span-3" />
          <LeaderPanel className="lg:col-span-3" />
          <OutcomesPanel className="self-start lg:col-span-4" />
          <JournalPanel className="self-start lg:col-span-2" />
        </div>
      </div>
    </>
  )
}
