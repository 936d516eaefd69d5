import { useEffect, useState } from 'react'
import { useConnection } from '../bridge.js'

const dots = {
  idle: 'bg-quiet',
  connecting: 'bg-warn animate-pulse',
  online: 'bg-brand',
  waiting: 'bg-bad',
  closed: 'bg-bad',
} as const

/** The states of the connection in words. */
export const stateWords = {
  idle: 'not connected',
  connecting: 'connecting',
  online: 'online',
  waiting: 'offline',
  closed: 'closed',
} as const

/**
 * Whether the page reaches the relay, and when it tries again. A small one is a dot while online.
 */
export function ConnectionBadge({ isSmall = false }: { readonly isSmall?: boolean }) {
  const connection = useConnection()
  const dot = dots[connection.state]
  const words = stateWords[connection.state]
  return (
    <div className={`flex min-w-0 items-center gap-2 text-quiet text-xs ${isSmall ? 'pr-2' : ''}`}>
      <div role="status" className="flex items-center gap-2">
        <span className={`size-2 shrink-0 rounded-full ${dot}`} />
        <span className={isSmall && connection.state === 'online' ? 'sr-only' : ''}>{words}</span>
      </div>
      {connection.state === 'waiting' && (
        <button
          type="button"
          data-varies
          title={connection.reason.message}
          onClick={connection.retryNow}
          className="whitespace-nowrap min-h-6 rounded-md border border-line px-2 text-text tabular-nums
            transition-colors hover:bg-raised touch:min-h-11 touch:px-3"
        >
          retry <Countdown to={connection.nextRetryAt} />
        </button>
      )}
    </div>
  )
}

/** The seconds until a time. */
function Countdown({ to }: { readonly to: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.ceil((to - now) / 1000)
  return <span aria-hidden>{seconds > 0 ? `${seconds} s` : ''}</span>
}
