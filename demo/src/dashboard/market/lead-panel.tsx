import { useEffect } from 'react'
import { useLeader, useValue } from '../../hooks.js'
import { usePage } from '../../page.js'
import { timeOf } from '../../ui/format.js'
import { Panel } from '../../ui/panel.js'
import { prices } from '../data.js'

const everyMs = 1000

/** One window of all leads: it writes the closing prices once a second. */
export function LeadPanel({ broker }: { readonly broker: string }) {
  const name = usePage((page) => page.name).slice(0, 40)
  const { isLeader, error } = useLeader('desk.leader', { data: { name }, broker })
  const { data: leader } = useValue('desk.leader', { broker })
  const { data: summary, set } = useValue('desk.summary', { broker })

  useEffect(() => {
    if (!isLeader) return undefined
    const timer = setInterval(() => {
      const closing = [...prices.now].map(([good, price]) => ({ good, price }))
      // A refusal shows: the closing prices of all windows stop.
      set({ closing, at: Date.now(), by: name }).catch(() => {})
    }, everyMs)
    return () => clearInterval(timer)
  }, [isLeader, name, set])

  const other = leader ? `${leader.name || 'Another window'} leads.` : 'No window leads.'
  return (
    <Panel title="Leader" note="one window does the work of all">
      <p aria-live="polite" className="flex items-center gap-2 text-sm">
        <span className={`size-2 shrink-0 rounded-full ${isLeader ? 'bg-brand' : 'bg-line'}`} />
        {isLeader ? 'This window leads.' : other}
      </p>
      {error && <p className="text-bad text-xs">{error.message}</p>}
      <dl aria-label="Closing prices" className="flex min-h-5 flex-wrap gap-x-4 gap-y-1 text-xs" data-varies>
        {summary?.closing.map(({ good, price }) => (
          <div key={good} className="flex gap-1.5">
            <dt className="text-quiet">{good}</dt>
            <dd className="tabular-nums">{price.toFixed(3)}</dd>
          </div>
        ))}
      </dl>
      <p className="min-h-4 text-quiet text-xs tabular-nums" data-varies>
        {summary ? `closing prices, by ${summary.by || 'Guest'} at ${timeOf(summary.at)}` : 'No closing prices yet.'}
      </p>
    </Panel>
  )
}
