import { defaultLimits, type Limits } from './limits.js'

/** A limit that an operator may set. */
export interface LimitRow {
  /** Its name in `[limits]` and in `Welcome.limits`. */
  readonly key: string
  readonly field: keyof Limits
  readonly from: number
  readonly to: number
  readonly unit?: 'bytes' | 'milliseconds'
  /** The default in words, if it is not a number. */
  readonly usual?: string
  /** Its meaning, in a line of Markdown. */
  readonly about: string
}

const most = 1_000_000_000
const dayMs = 86_400_000
const none = 'no limit'

type Bounds = Pick<LimitRow, 'from' | 'to' | 'unit' | 'usual'>

const size: Bounds = { from: 1024, to: 64 * 1024 * 1024, unit: 'bytes' }
const frameSize: Bounds = { from: 64 * 1024, to: 512 * 1024 * 1024, unit: 'bytes', usual: '4 × `payload` + 65536' }
const memory: Bounds = { from: 1024 * 1024, to: 64 * 1024 ** 3, unit: 'bytes' }
const count: Bounds = { from: 1, to: most }
const unlimited: Bounds = { ...count, usual: none }
const bytesRate: Bounds = { ...unlimited, unit: 'bytes' }
const time = (from: number, to: number): Bounds => ({ from, to, unit: 'milliseconds' })

function row(key: string, field: keyof Limits, bounds: Bounds, about: string): LimitRow {
  return { key, field, ...bounds, about }
}

/** The limits of a session. `Welcome.limits` has those that apply. */
const ofSession: readonly LimitRow[] = [
  row('payload', 'payload', size, 'bytes of a payload, with its headers and error'),
  row('frame', 'frame', frameSize, 'bytes of a WebSocket message; a longer one ends the connection'),
  row('subscriptions', 'subscriptions', count, 'subscriptions of a session'),
  row('requests', 'requests', count, 'requests in flight of a session'),
  row('publishes', 'publishes', unlimited, 'publishes and requests of a session in a second'),
  row('publish_bytes', 'publishBytes', bytesRate, 'bytes of their payloads in a second'),
  row('user_publishes', 'userPublishes', unlimited, 'publishes and requests of all sessions of a user in a second'),
  row('user_publish_bytes', 'userPublishBytes', bytesRate, 'bytes of their payloads in a second'),
  row('subscribes', 'subscribes', unlimited, 'new subscriptions of a session in a second'),
  row(
    'backlog_bytes',
    'backlog',
    size,
    'bytes of messages that wait for a slow reader; later ones are dropped, and reported as a gap',
  ),
  row(
    'value_cache',
    'valueCache',
    memory,
    'bytes of the values that are kept for their readers, of all patterns; past it, `too_large`',
  ),
  row(
    'resume_bytes',
    'resume',
    { ...size, from: 0 },
    'bytes of frames that are kept until the client confirms them; with 0, no session can be resumed',
  ),
  row('resume_ms', 'resumeMs', time(0, dayMs), 'how long a session waits for its client to come back, in milliseconds'),
]

/** The limits of all clients together. Clients are not sent these. */
const ofRelay: readonly LimitRow[] = [
  row('connections', 'connections', unlimited, 'open connections'),
  row('user_connections', 'userConnections', unlimited, 'open connections of a user'),
  row(
    'address_connections',
    'addressConnections',
    unlimited,
    'open connections of an address; of IPv6, of a /64 network',
  ),
  row('handshakes', 'handshakes', unlimited, 'new connections in a second'),
  row('address_handshakes', 'addressHandshakes', unlimited, 'new connections of an address in a second'),
  row(
    'entry_ms',
    'entryMs',
    time(100, 600_000),
    'how long a connection may stay without credentials, if there is `[auth]`, in milliseconds',
  ),
  row(
    'idle_ms',
    'idleMs',
    time(20_000, 3_600_000),
    'how long a client may be silent before it counts as lost, in milliseconds; it is pinged 10 s earlier',
  ),
  row('away_sessions', 'away', count, 'sessions whose client is away; past it, the one that is away longest ends'),
  row(
    'memory_bytes',
    'memory',
    memory,
    'bytes of waiting and unconfirmed messages of all sessions; past it, less is kept for each',
  ),
  row(
    'unfinished_bytes',
    'unfinished',
    memory,
    'bytes of incomplete messages and HTTP bodies of all clients; past it, the oldest is cut off',
  ),
]

/**
 * All limits. The table `[limits]` of a configuration, `Welcome.limits` and the table in
 * docs/configuration.md are made from this list.
 */
export const limitTable: readonly LimitRow[] = [...ofSession, ...ofRelay]

/** Returns the limits that a client is sent, by their names. One that isn't set is absent. */
export function namedLimits(limits: Limits): Readonly<Record<string, number>> {
  return Object.fromEntries(
    ofSession.flatMap(({ key, field }) => {
      const value = limits[field]
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

/** The default of a limit in the documentation. */
export function usualLimit({ field, usual }: LimitRow): string {
  return usual ?? String(defaultLimits[field])
}
