import { lineColor, lineColors } from '../../ui/colors.js'
import { short } from '../../ui/format.js'
import { Panel } from '../../ui/panel.js'
import { packers } from '../data.js'
import { packer } from '../streams.js'
import { Chart } from './chart.js'
import { Legend, type LegendEntry } from './legend.js'
import { Origin } from './origin.js'
import { StreamBadge } from './stream-badge.js'

const perSecond = (value: number): string => `${short(value)}/s`

function entries(): readonly LegendEntry[] {
  const { names, labels, meters } = packers
  return names.all.map((name, i) => ({
    name: name === packer ? 'this window' : (labels.get(name) ?? name),
    color: lineColor(i),
    value: perSecond(meters.rate(i)),
  }))
}

/** Each order goes to one packer: every window is one, and a second window takes its share. */
export function OrdersPanel({ className }: { readonly className?: string | undefined }) {
  return (
    <Panel
      title="Orders by packer"
      note={<Origin stream="orders" pattern="order.*" />}
      aside={<StreamBadge stream="orders" />}
      className={className}
    >
      <Chart
        label="Orders a second of each packer"
        timeline={packers.meters.timeline}
        colors={lineColors}
        filled
        fromZero
        format={perSecond}
      />
      <Legend entries={entries} />
    </Panel>
  )
}
