import { useMemo } from 'react'
import { client } from '../../bridge.js'
import { brokerColor } from '../../ui/colors.js'
import { duration } from '../../ui/format.js'
import { Panel } from '../../ui/panel.js'
import { latency, mostLines } from '../data.js'
import { Chart } from './chart.js'
import { Legend, type LegendEntry } from './legend.js'

function entries(): readonly LegendEntry[] {
  return latency.names.all.map((name, i) => {
    const value = latency.gauges.timeline.last(i)
    return { name, color: brokerColor(name), value: value === null ? '–' : duration(value) }
  })
}

/** How long a message of this page takes to come back to it, over each broker. */
export function LatencyPanel({ className }: { readonly className?: string | undefined }) {
  const brokers = client.welcome?.brokers.map(({ name }) => name).join(' ') ?? ''
  const colors = useMemo(() => brokers.split(' ').slice(0, mostLines).map(brokerColor), [brokers])
  return (
    <Panel title="Round trip" note="page → relay → broker → page" className={className}>
      <Chart
        label="Duration of a round trip over each broker"
        timeline={latency.gauges.timeline}
        colors={colors}
        fromZero
        format={duration}
      />
      <Legend entries={entries} />
    </Panel>
  )
}
