import { WildcastError } from '@wildcast/protocol'
import { type NetworkFailure, networkFailureOf, networkFailureText } from '../foreign/network-failures.js'
import { isReply, withoutCommand } from './failures.js'

// Reasons for a missing connection, each with its remedy. They never quote a command: it may hold a
// secret.

/** Which connection failed. */
export interface RedisConnectionName {
  /** The server and its address: `Redis at localhost:6379`. */
  readonly shown: string
  /** The settings key that holds the address. */
  readonly key: string
  readonly encrypted: boolean
  /** Whether the settings name a user, not only a password. */
  readonly named: boolean
  /** The number of the database. */
  readonly db?: number | undefined
}

/**
 * Returns an error message. `reply` is what the server answered, or the error's code or message.
 */
type Explain = (connection: RedisConnectionName, reply: string) => string

/** Network failures for which Redis has its own remedy. */
const ownNetworkTexts: Readonly<Partial<Record<NetworkFailure, Explain>>> = { no_answer: silent, no_tls: closedEarly }

const wrongPassword: Explain = ({ shown, named }) =>
  named
    ? `${shown} refused the user or the password: look at "username" and "password"`
    : `${shown} refused the password: look at "password"`

/** Matched against the reply of a server, or the message of ioredis. */
const answers: readonly (readonly [RegExp, Explain])[] = [
  [/^NOAUTH/, ({ shown }) => `${shown} requires a password: look at "password"`],
  [/^(?:WRONGPASS|ERR invalid password)/, wrongPassword],
  [/^NOPERM/, ({ shown }) => `${shown} does not allow this user to connect: look at its ACL, or at "username"`],
  [/^ERR DB index/, ({ shown, db }) => `${shown} has no database ${db}: look at "db"`],
  [
    /^ERR SELECT is not allowed/,
    ({ shown }) => `${shown} is a node of a cluster, which has one database: leave out "db"`,
  ],
  [/^ERR max number of clients/, ({ shown }) => `${shown} accepts no more clients: look at its "maxclients"`],
  [/^CLUSTERDOWN/, ({ shown }) => `${shown} is down: no node serves some of its slots`],
  [
    /^ERR This instance has cluster support disabled/,
    ({ shown }) => `${shown} is not a node of a cluster: leave out "cluster"`,
  ],
  [/^READONLY/, ({ shown, key }) => `${shown} is a read-only replica: look at "${key}"`],
  [/^LOADING/, ({ shown }) => `${shown} is still loading its data; the relay retries`],
  [/^DENIED/, ({ shown }) => `${shown} is in protected mode: set a password there, or connect from its own machine`],
  [/^Unknown RESP type/, ({ shown, key }) => `${shown} is not a Redis server: look at "${key}"`],
  // The message ends with the last error of a sentinel; without one, the sentinels have answered.
  [
    /^All sentinels .* (?:NOAUTH|WRONGPASS)/,
    ({ shown }) => `the sentinels of ${shown} refused the password: look at "sentinel_password"`,
  ],
  [
    /^All sentinels are unreachable and retry is disabled\.$/,
    ({ shown }) => `no sentinel of ${shown} has a master of that name: look at "sentinel_name"`,
  ],
  [/^All sentinels/, ({ shown }) => `no sentinel of ${shown} leads to its master: look at "sentinels"`],
]

/** The error of a connection that could not be opened. */
export function redisConnectFailure(thrown: unknown, connection: RedisConnectionName): WildcastError {
  if (thrown instanceof WildcastError) return thrown
  const cause = withoutCommand(thrown)
  const reply = codeOf(cause)
  const explain = explanationOf(reply) ?? (isReply(thrown) ? refused : closedEarly)
  return new WildcastError('broker_down', explain(connection, reply), { cause })
}

/** The error of an open connection that ended by itself. */
export function redisLossOf(thrown: unknown, { shown }: RedisConnectionName): WildcastError {
  if (thrown instanceof WildcastError) return thrown
  const cause = thrown === undefined ? undefined : withoutCommand(thrown)
  const code = codeOf(cause)
  const why =
    /^E[A-Z]+\b/.exec(code)?.[0] ?? (code.startsWith('Unknown RESP type') ? 'it is not a Redis server' : undefined)
  return new WildcastError('broker_down', `${shown} closed the connection${why ? ` (${why})` : ''}`, { cause })
}

function explanationOf(reply: string): Explain | undefined {
  const kind = networkFailureOf(reply)
  if (kind) return ownNetworkTexts[kind] ?? ((connection) => networkFailureText(kind, connection))
  return answers.find(([form]) => form.test(reply))?.[1]
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}

function refused({ shown }: RedisConnectionName, reply: string): string {
  return `${shown} refused the connection: ${reply}`
}

/**
 * If only one side expects TLS, Redis waits; other servers close the connection without a reply.
 */
function closedEarly({ shown, encrypted }: RedisConnectionName): string {
  const remedy = encrypted
    ? 'perhaps it does not speak TLS: write "url" with redis://'
    : 'perhaps it expects TLS: write "url" with rediss://'
  return `${shown} closed the connection before it answered; ${remedy}`
}

function silent(connection: RedisConnectionName): string {
  if (!connection.encrypted) return networkFailureText('no_answer', connection)
  const remedy = 'look at firewalls on the way; if it does not speak TLS, write "url" with redis://'
  return `${connection.shown} does not answer: ${remedy}`
}
