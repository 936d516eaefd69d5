import { useConnection } from '../bridge.js'

const looks = {
  idle: ['bg-quiet', 'not connected'],
  connecting: ['bg-warn animate-pulse', 'connecting'],
  online: ['bg-brand', 'online'],
  waiting: ['bg-bad', 'offline, trying again'],
  closed: ['bg-bad', 'closed'],
} as const

/** Whether the page reaches the relay; a click tries again at once. */
export function ConnectionBadge() {
  const connection = useConnection()
  const [dot, words] = looks[connection.state]
  return (
    <div role="status" className="flex min-w-0 items-center gap-2 text-quiet text-xs">
      <span className={`size-2 shrink-0 rounded-full ${dot}`} />
      {words}
      {connection.state === 'waiting' && (
        <button type="button" onClick={connection.retryNow} className="text-brand underline-offset-2 hover:underline">
          now
        </button>
      )}
    </div>
  )
}
