import { minuteOf } from '../../ui/plain-format.js'
import { useHealth } from '../health.js'

/** Whether the messages of a broker are complete, as the SDK reports it. Nothing while they are. */
export function RoomHealth({ broker }: { readonly broker: string }) {
  const health = useHealth((all) => all[broker])
  if (!health || health.continuity === 'live') return null
  const since = health.asOf === undefined ? '' : ` since ${minuteOf(health.asOf)}`
  const words = {
    'catching-up': health.asOf === undefined ? 'joining' : `not updated${since}`,
    gap: 'messages are missing',
    stale: `not updated${since}`,
  }
  return (
    <p title={health.error} className="hidden items-center gap-1.5 text-warn text-xs sm:flex">
      <span className="size-1.5 animate-pulse rounded-full bg-warn" />
      {health.error ? 'refused' : words[health.continuity]}
    </p>
  )
}
