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

const size = { from: 1024, to: 64 * 1024 * 1024, unit: 'bytes' } as const
const memory = { from: 1024 * 1024, to: 64 * 1024 ** 3, unit: 'bytes' } as const
const count = { from: 1, to: most } as const
const rate = { ...count, usual: none } as const
const bytesRate = { ...rate, unit: 'bytes' } as const

/** The limits of a session. `Welcome.limits` has those that apply. */
const ofSession: readonly LimitRow[] = [
  { key: 'payload', field: 'payload', ...size, about: 'bytes of a payload, with its headers and error' },
  {
    key: 'frame',
    field: 'frame',
    from: 64 * 1024,
    to: 512 * 1024 * 1024,
    unit: 'bytes',
    usual: '4 × `payload` + 65536',
    about: 'bytes of a WebSocket message; a longer one ends the connection',
  },
  { key: 'subscriptions', field: 'subscriptions', ...count, about: 'subscriptions of a session' },
  { key: 'requests', field: 'requests', ...count, about: 'requests in flight of a session' },
  { key: 'publishes', field: 'publishes', ...rate, about: 'publishes and requests of a session in a second' },
  { key: 'publish_bytes', field: 'publishBytes', ...bytesRate, about: 'bytes of their payloads in a second' },
  {
    key: 'user_publishes',
    field: 'userPublishes',
    ...rate,
    about: 'publishes and requests of all sessions of a user in a second',
  },
  { key: 'user_publish_bytes', field: 'userPublishBytes', ...bytesRate, about: 'bytes of their payloads in a second' },
  { key: 'subscribes', field: 'subscribes', ...rate, about: 'new subscriptions of a session in a second' },
  {
    key: 'backlog_bytes',
    field: 'backlog',
    ...size,
    about: 'bytes of messages that wait for a slow reader; later ones are dropped, and reported as a gap',
  },
  {
    key: 'resume_bytes',
    field: 'resume',
    ...size,
    from: 0,
    about: 'bytes of frames that are kept until the client confirms them; with 0, no session can be resumed',
  },
  {
    key: 'resume_ms',
    field: 'resumeMs',
    from: 0,
    to: dayMs,
    unit: 'milliseconds',
    about: 'how long a session waits for its client to come back, in milliseconds',
  },
]

/** The limits of all clients together. Clients are not sent these. */
const ofRelay: readonly LimitRow[] = [
  { key: 'connections', field: 'connections', ...rate, about: 'open connections' },
  { key: 'user_connections', field: 'userConnections', ...rate, about: 'open connections of a user' },
  {
    key: 'address_connections',
    field: 'addressConnections',
    ...rate,
    about: 'open connections of an address; of IPv6, of a /64 network',
  },
  { key: 'handshakes', field: 'handshakes', ...rate, about: 'new connections in a second' },
  {
    key: 'address_handshakes',
    field: 'addressHandshakes',
    ...rate,
    about: 'new connections of an address in a second',
  },
  {
    key: 'entry_ms',
    field: 'entryMs',
    from: 100,
    to: 600_000,
    unit: 'milliseconds',
    about: 'how long a connection may stay without credentials, if there is `[auth]`, in milliseconds',
  },
  {
    key: 'idle_ms',
    field: 'idleMs',
    from: 20_000,
    to: 3_600_000,
    unit: 'milliseconds',
    about: 'how long a client may be silent before it counts as lost, in milliseconds; it is pinged 10 s earlier',
  },
  {
    key: 'away_sessions',
    field: 'away',
    ...count,
    about: 'sessions whose client is away; past it, the one that is away longest ends',
  },
  {
    key: 'memory_bytes',
    field: 'memory',
    ...memory,
    about: 'bytes of waiting and unconfirmed messages of all sessions; past it, less is kept for each',
  },
  {
    key: 'unfinished_bytes',
    field: 'unfinished',
    ...memory,
    about: 'bytes of incomplete messages and HTTP bodies of all clients; past it, the oldest is cut off',
  },
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
