import { lineColor, lineColors } from '../../ui/colors.js'
import { Panel } from '../../ui/panel.js'
import { prices } from '../data.js'
import { Chart } from './chart.js'
import { Legend, type LegendEntry } from './legend.js'
import { Origin } from './origin.js'
import { StreamBadge } from './stream-badge.js'

const percent = (value: number): string => `${value > 0 ? '+' : ''}${+value.toFixed(1)} %`

function entries(): readonly LegendEntry[] {
  const { names, now } = prices
  return names.all.map((name, i) => ({ name, color: lineColor(i), value: (now.get(name) ?? 0).toFixed(3) }))
}

/** How prices have changed since the page was opened. */
export function PricesPanel({ className }: { readonly className?: string | undefined }) {
  return (
    <Panel
      title="Prices"
      note={<Origin stream="prices" pattern="price.*" />}
      aside={<StreamBadge stream="prices" />}
      className={className}
    >
      <Chart
        label="Changes of prices in the last minute"
        timeline={prices.gauges.timeline}
        colors={lineColors}
        format={percent}
      />
      <Legend entries={entries} />
    </Panel>
  )
}
