import type { Status, TransportKind, WildcastError } from '@wildcast/client'
import { useMemo, useSyncExternalStore } from 'react'
import { useClient } from './provider.js'

/** The state of the connection, and a function that reconnects at once. */
export type Connection = Status & {
  /** While `waiting`: when the client connects again, in milliseconds since 1970. */
  readonly nextRetryAt?: number | undefined
  /** After a failure: why the connection was lost, or could not be opened. */
  readonly reason?: WildcastError | undefined
  /** While `online`: `websocket`, `http` or `classic`. */
  readonly transport?: TransportKind | undefined
  /** While `online`: how long the relay took to welcome the client, in milliseconds. */
  readonly rttMs?: number | undefined
  /** While `online`: whether this tab holds the connection that it shares with others. */
  readonly leader?: boolean | undefined
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
