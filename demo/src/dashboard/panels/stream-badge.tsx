import { exact } from '../../ui/plain-format.js'
import { type StreamName, useDashboard } from '../store.js'

const looks = {
  live: ['bg-brand', 'live'],
  'catching-up': ['bg-warn animate-pulse', 'catching up'],
  gap: ['bg-warn', 'gap'],
  stale: ['bg-bad', 'stale'],
} as const

/** How whole a stream is, as the SDK reports it. */
export function StreamBadge({ stream }: { readonly stream: StreamName }) {
  const { continuity, missed, refusal } = useDashboard((dashboard) => dashboard.streams[stream])
  const [dot, words] = looks[continuity]
  return (
    <p className="flex items-center gap-1.5 text-quiet text-xs" title={refusal}>
      <span className={`size-1.5 rounded-full ${dot}`} />
      {refusal ? 'refused' : words}
      {missed > 0 && <span className="text-warn tabular-nums">· {exact(missed)} missed</span>}
    </p>
  )
}
