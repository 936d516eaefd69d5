import { memo, type ReactNode, useState } from 'react'
import { useValue } from '../../hooks.js'
import { storeOf } from '../../stores.js'
import type { Quote } from './quotes.js'

/** The height of a row, in pixels. Of 1,000 rows only those in sight are elements. */
const rowPx = 28

/** The rows in sight, and some before and after them. */
const shown = 12
const spare = 4

interface QuoteRowsProps {
  readonly quotes: ReadonlyMap<string, Quote>
  /** The subjects in the order of the rows. */
  readonly order: readonly string[]
  /** Shown below the rows. */
  readonly children?: ReactNode
}

/** All quotes in a list that scrolls. */
export function QuoteRows({ quotes, order, children }: QuoteRowsProps) {
  const [top, setTop] = useState(0)
  const broker = storeOf('desk')
  const limit = useValue(broker === null ? null : 'desk.limit', { broker: broker ?? undefined }).data?.price
  const first = Math.max(0, Math.min(top, order.length - shown) - spare)
  const rows = order.slice(first, first + shown + 2 * spare)
  return (
    <section
      aria-label="Quotes"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
      tabIndex={0}
      onScroll={({ currentTarget }) => setTop(Math.floor(currentTarget.scrollTop / rowPx))}
      style={{ height: (shown + 1) * rowPx }}
      className="-mx-4 -mb-4 overflow-y-auto focus-visible:-outline-offset-2"
    >
      <table aria-rowcount={order.length + 1} className="w-full table-fixed border-collapse text-left text-xs">
        <thead className="sticky top-0 z-1 bg-panel text-quiet">
          <tr className="h-7">
            <th className="px-4 font-normal">Quote</th>
            <th className="w-20 px-2 text-right font-normal">Price</th>
            <th className="w-22 px-2 text-right font-normal max-sm:w-24 max-sm:pr-4">Change</th>
            <th className="w-2/5 px-4 font-normal max-sm:hidden">
              <span className="sr-only">How far it moved</span>
            </th>
          </tr>
        </thead>
        <tbody className="font-mono">
          <Space rows={first} />
          {rows.map((subject, i) => {
            const quote = quotes.get(subject)
            return quote && <Row key={subject} quote={quote} number={first + i + 2} limit={limit} />
          })}
          <Space rows={order.length - first - rows.length} />
        </tbody>
      </table>
      <p className="px-4 py-6 text-center text-quiet text-xs empty:hidden">{children}</p>
    </section>
  )
}

/** The height of rows that are not in sight. */
function Space({ rows }: { readonly rows: number }) {
  return rows > 0 && <tr aria-hidden style={{ height: rows * rowPx }} />
}

interface RowProps {
  readonly quote: Quote
  readonly number: number
  /** Prices above it are marked. */
  readonly limit: number | undefined
}

const Row = memo(function Row({ quote: { subject, data }, number, limit = Number.POSITIVE_INFINITY }: RowProps) {
  const { price, change } = data
  const [color, background] = change < 0 ? ['text-bad', 'bg-bad'] : ['text-brand', 'bg-brand']
  const side = change < 0 ? 'origin-right' : 'translate-x-full origin-left'
  const isOver = price > limit
  return (
    <tr aria-rowindex={number} className="h-7 border-line/60 border-t">
      <td className="truncate px-4">{subject.slice('quote.'.length)}</td>
      <td
        className={`px-2 text-right tabular-nums ${isOver ? 'text-warn' : ''}`}
        title={isOver ? 'over the limit' : ''}
      >
        {isOver && <span className="sr-only">over the limit: </span>}
        {price.toFixed(3)}
      </td>
      <td className={`px-2 text-right tabular-nums max-sm:pr-4 ${color}`}>
        {change > 0 ? '+' : ''}
        {change.toFixed(2)} %
      </td>
      <td className="px-4 max-sm:hidden">
        <span className="flex h-1.5">
          <span
            className={`h-full w-1/2 rounded-full ${background} ${side}`}
            style={{ scale: `${Math.min(1, Math.abs(change) / 10)} 1` }}
          />
        </span>
      </td>
    </tr>
  )
})
