import { note } from '../journal.js'
import { useRelayMetrics } from '../relay-metrics.js'

/** Writes down which brokers the relay loses and reaches again. Returns the undo. */
export function watchBrokers(): () => void {
  return useRelayMetrics.subscribe(({ up }, before) => {
    for (const [name, isUp] of Object.entries(up))
      if (before.up[name] !== undefined && before.up[name] !== isUp)
        note(isUp ? 'good' : 'bad', isUp ? `the relay reaches ${name} again` : `the relay has lost ${name}`)
  })
}
