import type { Status } from '@wildcast/client'
import { useMemo, useSyncExternalStore } from 'react'
import { useClient } from './provider.js'

/** The state of the connection, and a function that reconnects at once. */
export type Connection = Status & {
  /** Reconnects now instead of after the wait. */
  readonly retryNow: () => void
}

const unconnected: Status = { state: 'idle', since: 0 }

/**
 * Returns the state of the client's connection; renders when it changes.
 * @example
 * const connection = useConnection()
 * if (connection.state === 'waiting') return <button onClick={connection.retryNow}>try now</button>
 */
export function useConnection(): Connection {
  const client = useClient()
  const status = useSyncExternalStore(
    client.onStatus,
    () => client.status,
    () => unconnected,
  )
  return useMemo(() => ({ ...status, retryNow: client.reconnect }), [status, client])
}
