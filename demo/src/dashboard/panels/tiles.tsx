import { useRelayMetrics } from '../../relay-metrics.js'
import { bytes, duration, short } from '../../ui/format.js'
import { exact } from '../../ui/plain-format.js'
import { bandwidth, latency, packers, received, taken } from '../data.js'
import { useDashboard } from '../store.js'
import { useTick } from '../use-tick.js'

/** The numbers that matter first. */
export function Tiles() {
  useTick(500)
  const { missed, published } = useRelayMetrics()
  const streams = useDashboard((dashboard) => dashboard.streams)
  const lost = Object.values(streams).reduce((sum, stream) => sum + stream.missed, 0)
  return (
    <dl
      className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3
        xl:grid-cols-6"
    >
      <Tile title="Messages to this page" value={short(received.rate(0))} unit="/s" />
      <Tile title="Bytes to this page" value={bytes(bandwidth.rate(0))} unit="/s" />
      <Tile title="Round trip" value={roundTrip()} unit="at best" />
      <Tile
        title="Orders packed here"
        value={exact(taken.count)}
        unit={packers.names.all.length > 1 ? `${packers.names.all.length} packers` : 'one packer'}
      />
      <Tile title="Published, all clients" value={short(published)} unit="in all" />
      <Tile title="Missed" value={exact(lost)} unit={missed > lost ? `${short(missed)} by all` : 'always counted'} />
    </dl>
  )
}

/** The shortest of all brokers. */
function roundTrip(): string {
  const all = latency.names.all.map((_, i) => latency.gauges.timeline.last(i)).filter((value) => value !== null)
  return all.length === 0 ? '–' : duration(Math.min(...all))
}

function Tile({ title, value, unit }: { readonly title: string; readonly value: string; readonly unit: string }) {
  return (
    <div className="flex min-w-0 flex-col gap-1 bg-panel px-4 py-3">
      <dt className="truncate text-quiet text-xs">{title}</dt>
      <dd className="flex items-baseline gap-1.5">
        <span className="whitespace-nowrap font-semibold text-2xl tabular-nums tracking-tight">{value}</span>
        <span className="truncate text-quiet text-xs">{unit}</span>
      </dd>
    </div>
  )
}
