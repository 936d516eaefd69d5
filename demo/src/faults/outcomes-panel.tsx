import { client } from '../bridge.js'
import { timeOf } from '../ui/format.js'
import { Panel } from '../ui/panel.js'
import { Segmented } from '../ui/segmented.js'
import { useRender } from '../ui/use-render.js'
import { mostMessages, type Outcome, outcomeOf, sent, totals, useRun } from './message-run.js'

const looks: Record<Outcome, readonly [className: string, label: string]> = {
  received: ['bg-brand-deep', 'received'],
  confirmed: ['border-2 border-brand-deep', 'confirmed by the broker'],
  sent: ['bg-nats/60', 'sent, not confirmed yet'],
  waiting: ['bg-warn', 'waiting for the connection'],
  rejected: ['bg-bad', 'rejected'],
  unknown: ['border-2 border-bad border-dashed', 'outcome unknown'],
}

const places = Array.from({ length: mostMessages }, (_, place) => place)

const outcomes = Object.keys(looks) as readonly Outcome[]

/** The outcome of each message that this page sends to itself, four a second. */
export function OutcomesPanel({ className }: { readonly className?: string | undefined }) {
  const { isOn, broker } = useRun()
  const names = client.welcome?.brokers ?? []
  const chosen = broker ?? names.find((each) => each.default)?.name ?? ''
  const pause = (
    <button
      type="button"
      aria-pressed={!isOn}
      onClick={() => useRun.setState({ isOn: !isOn })}
      className="min-h-6 text-quiet text-xs transition-colors hover:text-text touch:min-h-11"
    >
      {isOn ? 'Stop sending' : 'Send again'}
    </button>
  )
  return (
    <Panel
      title="Every message has an outcome"
      note="this page → broker → this page"
      aside={pause}
      className={className}
    >
      <Segmented
        label="Broker"
        value={chosen}
        options={names.map(({ name }) => ({ value: name, label: name }))}
        onChange={(name) => useRun.setState({ broker: name })}
      />
      <Grid />
      <Completeness />
    </Panel>
  )
}

function Grid() {
  useRender(200)
  const counts = new Map<Outcome, number>()
  const cells = sent.map((message) => {
    const outcome = outcomeOf(message)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    return (
      <li
        key={message.n}
        title={`${message.n}: ${looks[outcome][1]}`}
        className={`aspect-square rounded-sm transition-colors duration-slow ${looks[outcome][0]}`}
      />
    )
  })
  const free = places
    .slice(sent.length)
    .map((place) => <li key={`free ${place}`} className="aspect-square rounded-sm bg-raised" />)
  return (
    <>
      <ul aria-label="Messages" className="grid grid-cols-[repeat(24,minmax(0,1fr))] gap-1">
        {cells}
        {free}
      </ul>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {outcomes.map((outcome) => (
          <li key={outcome} className="flex items-center gap-1.5">
            <span className={`size-2.5 rounded-sm ${looks[outcome][0]}`} />
            <span className="font-medium tabular-nums">{counts.get(outcome) ?? 0}</span>
            <span className="text-quiet">{looks[outcome][1]}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Completeness() {
  useRender(500)
  const { continuity, missed, asOf } = useRun((run) => run.completeness)
  return (
    <dl className="mt-auto grid grid-cols-2 gap-x-6 gap-y-3 border-line border-t pt-3 sm:grid-cols-5">
      <Fact title="Continuity" value={continuity} />
      <Fact title={continuity === 'live' ? 'Live since' : 'Whole until'} value={asOf ? timeOf(asOf) : '–'} />
      <Fact title="Missed" value={`${missed}`} />
      <Fact title="Came back" value={`${totals.received} of ${totals.sent}`} />
      <Fact title="Came twice" value={`${totals.twice}`} />
    </dl>
  )
}

function Fact({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <div className="flex flex-col">
      <dt className="text-quiet text-xs">{title}</dt>
      <dd className="truncate font-medium text-sm tabular-nums">{value}</dd>
    </div>
  )
}
