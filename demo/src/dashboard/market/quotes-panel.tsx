import { useEffect, useState } from 'react'
import { useValues } from '../../hooks.js'
import { storeOf } from '../../stores.js'
import { brokerColor } from '../../ui/colors.js'
import { bytes, short } from '../../ui/format.js'
import { Panel } from '../../ui/panel.js'
import { exact } from '../../ui/plain-format.js'
import { Segmented } from '../../ui/segmented.js'
import { quoteRates } from '../data.js'
import { Bar } from '../panels/bar.js'
import { useTick } from '../use-tick.js'
import { Heat } from './heat.js'
import { QuoteRows } from './quote-rows.js'
import { useMarket, useOrder } from './quotes.js'

type Shown = 'all' | 'movers'

const filters = { all: undefined, movers: { mover: true } }

const options: readonly { value: Shown; label: string; title: string }[] = [
  { value: 'all', label: 'all', title: 'every quote' },
  { value: 'movers', label: 'movers', title: 'filter: {"mover": true}, which the relay applies' },
]

/** 1,000 quotes, each the value of a subject. */
export function QuotesPanel({ className }: { readonly className?: string | undefined }) {
  const [shown, setShown] = useState<Shown>('all')
  const broker = storeOf('quotes')
  const { values, status, error } = useValues(broker === null ? null : 'quote.*', {
    broker: broker ?? undefined,
    filter: filters[shown],
  })
  const order = useOrder(values)
  useMarket(values, order, shown !== 'all')
  return (
    <Panel
      title="Market"
      note={
        <span className="font-mono">
          <span style={{ color: `var(${brokerColor(broker ?? '')})` }}>{broker}</span> quote.*
        </span>
      }
      aside={
        <p className="min-w-36 text-right text-quiet text-xs tabular-nums">
          {exact(order.length)} quotes, {words[status]}
        </p>
      }
      className={className}
    >
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <Segmented label="Show" value={shown} options={options} onChange={setShown} />
        <Cost shown={shown} />
      </div>
      {error && <p className="text-bad text-xs">{error.message}</p>}
      <Heat count={order.length} />
      <QuoteRows key={shown} quotes={values} order={order}>
        {status === 'synced' && order.length === 0 && hints[shown]}
      </QuoteRows>
    </Panel>
  )
}

/** The words of an empty list. */
const hints: Readonly<Record<Shown, string>> = {
  all: 'No quotes yet. npm start writes 1,000 of them.',
  movers: 'No quote is far from its opening price now.',
}

const words = {
  idle: 'no broker for values',
  loading: 'loading',
  synced: 'live',
  stale: 'perhaps not the newest',
  denied: 'refused',
  error: 'refused',
} as const

/** A rate needs this long to follow a change, and is shown after that. */
const settleMs = 4000

type Rates = Readonly<Record<Shown, readonly [messages: number, bytes: number] | undefined>>

const currentRate = () => [quoteRates.rate(0), quoteRates.rate(1)] as const

/** The cost of the quotes with and without the filter: the other one as it was last measured. */
function Cost({ shown }: { readonly shown: Shown }) {
  useTick(250)
  const [known, setKnown] = useState<Rates>({ all: undefined, movers: undefined })
  const [settled, setSettled] = useState<Shown>()
  useEffect(() => {
    let isSettled = false
    const timer = setTimeout(() => {
      isSettled = true
      setSettled(shown)
    }, settleMs)
    return () => {
      clearTimeout(timer)
      if (isSettled) setKnown((before) => ({ ...before, [shown]: currentRate() }))
    }
  }, [shown])
  const rates: Rates = settled === shown ? { ...known, [shown]: currentRate() } : known
  const most = Math.max(1, rates.all?.[1] ?? 0, rates.movers?.[1] ?? 0)
  return (
    <div className="grid min-w-64 flex-1 gap-1.5" data-varies>
      {options.map(({ value }) => {
        const [messages = 0, size = 0] = rates[value] ?? []
        const text = rates[value] ? `${bytes(size)}/s` : '–'
        const label = rates[value] ? `${value} ${short(messages)}/s` : value
        return (
          <Bar key={value} label={label} value={text} share={size / most} color={value === 'all' ? '--s4' : '--s2'} />
        )
      })}
    </div>
  )
}
