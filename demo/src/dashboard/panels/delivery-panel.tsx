import { bytes, short } from '../../ui/format.js'
import { Panel } from '../../ui/panel.js'
import { Segmented } from '../../ui/segmented.js'
import { bandwidth, delivered } from '../data.js'
import { type Delivery, type Load, useDashboard } from '../store.js'
import { useTick } from '../use-tick.js'
import { Bar } from './bar.js'

const deliveries: readonly { value: Delivery; label: string; title: string }[] = [
  { value: 'all', label: 'all', title: 'every message' },
  { value: 'latest', label: 'latest', title: 'a slow reader gets the newest of each subject' },
  { value: '10', label: '10/s', title: 'ten messages a second at most' },
  { value: '1', label: '1/s', title: 'one message a second at most' },
]

const loads: readonly { value: Load; label: string }[] = [
  { value: 0, label: 'usual' },
  { value: 1_000, label: '1k/s' },
  { value: 5_000, label: '5k/s' },
  { value: 20_000, label: '20k/s' },
]

/** How prices are delivered, and the effect of that on messages and bytes. */
export function DeliveryPanel({ className }: { readonly className?: string | undefined }) {
  const { delivery, load } = useDashboard()
  return (
    <Panel title="Delivery of prices" note="the relay leaves out what you don't need" className={className}>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <Segmented
          label="Deliver"
          value={delivery}
          options={deliveries}
          onChange={(next) => useDashboard.setState({ delivery: next })}
        />
        <Segmented
          label="Simulate"
          value={load}
          options={loads}
          onChange={(next) => useDashboard.setState({ load: next })}
        />
      </div>
      <Effect />
    </Panel>
  )
}

function Effect() {
  useTick(250)
  const [published, got] = [delivered.rate(0), delivered.rate(1)]
  const share = published > 0 ? Math.min(1, got / published) : 0
  return (
    <div className="mt-auto flex flex-col gap-2">
      <Bar label="published" value={`${short(published)}/s`} share={published > 0 ? 1 : 0} color="--s4" />
      <Bar label="delivered" value={`${short(got)}/s`} share={share} color="--s2" />
      <p className="text-quiet text-xs tabular-nums">
        {published > 0 ? `${Math.round((1 - share) * 100)} % left out` : 'no prices now'} · {bytes(bandwidth.rate(0))}/s
        to this page
      </p>
    </div>
  )
}
