import { lineColor, lineColors } from '../../ui/colors.js'
import { Panel } from '../../ui/panel.js'
import { sensors } from '../data.js'
import { Chart } from './chart.js'
import { Legend, type LegendEntry } from './legend.js'
import { Origin } from './origin.js'
import { StreamBadge } from './stream-badge.js'

const degrees = (value: number): string => `${value.toFixed(1)}°`

function entries(): readonly LegendEntry[] {
  return sensors.names.all.map((name, i) => {
    const value = sensors.gauges.timeline.last(i)
    return { name, color: lineColor(i), value: value === null ? '–' : degrees(value) }
  })
}

/** Temperatures, by place. */
export function SensorsPanel({ className }: { readonly className?: string | undefined }) {
  return (
    <Panel
      title="Sensors"
      note={<Origin stream="sensors" pattern="sensor.**" />}
      aside={<StreamBadge stream="sensors" />}
      className={className}
    >
      <Chart
        label="Temperatures of the last minute"
        timeline={sensors.gauges.timeline}
        colors={lineColors}
        format={degrees}
      />
      <Legend entries={entries} />
    </Panel>
  )
}
