import type { Message } from '@wildcast/client'
import { useEffect, useState } from 'react'
import { brokerColor } from '../../ui/colors.js'
import { timeOf } from '../../ui/format.js'
import { Panel } from '../../ui/panel.js'
import { filterRows, newestRows } from '../data.js'
import { useTick } from '../use-tick.js'

/** The newest messages of all streams, read four times a second. */
export function LiveTable({ className }: { readonly className?: string | undefined }) {
  useTick(250)
  const [filter, setFilter] = useState('')
  const filterField = (
    <input
      type="search"
      value={filter}
      onChange={({ target }) => {
        setFilter(target.value)
        filterRows(target.value.trim())
      }}
      placeholder="filter by subject"
      aria-label="Filter by subject"
      className="w-44 rounded-md border border-line bg-ink px-2 py-1 font-mono text-xs touch:min-h-11
        touch:text-base"
    />
  )
  useEffect(() => () => filterRows(''), [])
  const rows = newestRows()
  return (
    <Panel title="Live messages" note="the newest of all streams" aside={filterField} className={className}>
      <section
        aria-label="Rows"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
        tabIndex={0}
        className="-mx-4 -mb-4 overflow-x-auto focus-visible:-outline-offset-2"
      >
        <table className="w-full min-w-xl table-fixed border-collapse text-left text-xs">
          <thead className="text-quiet">
            <tr>
              <th className="w-28 px-4 py-1.5 font-normal">Time</th>
              <th className="w-20 px-2 py-1.5 font-normal">Broker</th>
              <th className="w-64 px-2 py-1.5 font-normal">Subject</th>
              <th className="px-2 py-1.5 font-normal">Payload</th>
            </tr>
          </thead>
          <tbody className="font-mono">
            {rows.map((message) => (
              <Row key={message.key} message={message} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="px-4 py-6 text-center text-quiet text-xs">Waiting for messages…</p>}
      </section>
    </Panel>
  )
}

function Row({ message }: { readonly message: Message }) {
  return (
    <tr className="border-line/60 border-t">
      <td className="truncate px-4 py-1.5 text-quiet tabular-nums">{timeOf(message.receivedAt)}</td>
      <td className="truncate px-2 py-1.5" style={{ color: `var(${brokerColor(message.broker)})` }}>
        {message.broker}
      </td>
      <td className="truncate px-2 py-1.5">{message.subject}</td>
      <td className="truncate px-2 py-1.5 text-text/80">{payloadOf(message)}</td>
    </tr>
  )
}

/** The beginning of a payload, safely: it may hold anything. */
function payloadOf({ data }: Message): string {
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '')
  return text.slice(0, 200)
}
