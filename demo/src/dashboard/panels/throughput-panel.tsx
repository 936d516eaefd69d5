import { short } from '../../ui/format.js'
import { Panel } from '../../ui/panel.js'
import { throughput } from '../data.js'
import { Chart } from './chart.js'
import { Legend, type LegendEntry } from './legend.js'

const colors = ['--s4', '--s2'] as const
const names = ['in, of all clients', 'out, to this page'] as const

const perSecond = (value: number): string => `${short(value)}/s`

function entries(): readonly LegendEntry[] {
  return names.map((name, i) => ({
    name,
    color: colors[i] ?? colors[0],
    value: perSecond(throughput.timeline.last(i) ?? 0),
  }))
}

/** Messages through the relay. */
export function ThroughputPanel({ className }: { readonly className?: string | undefined }) {
  const link = (
    <a
      href="/metrics"
      className="inline-flex min-h-6 items-center font-mono transition-colors hover:text-text touch:min-h-11"
    >
      /metrics
    </a>
  )
  return (
    <Panel title="Relay" note={link} className={className}>
      <Chart
        label="Messages a second into the relay, and out to this page"
        timeline={throughput.timeline}
        colors={colors}
        filled
        fromZero
        format={perSecond}
      />
      <Legend entries={entries} />
    </Panel>
  )
}
