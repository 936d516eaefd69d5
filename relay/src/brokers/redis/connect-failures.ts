import { WildcastError } from '@wildcast/protocol'
import { type NetworkFailure, networkFailureOf } from '../foreign/network-failures.js'
import { isReply, withoutCommand } from './failures.js'

// Why there is no connection, in plain words with the remedy. Never with what was sent: that may be
// a secret.

/** Which connection failed. */
export interface RedisConnectionName {
  /** As an operator knows it, with the word for what it is: `Redis at localhost:6379`. */
  readonly shown: string
  /** The settings key that names it. */
  readonly key: string
  readonly encrypted: boolean
  /** A user is named, not only a password. */
  readonly named: boolean
  /** The number of the database. */
  readonly db?: number | undefined
}

type Say = (where: RedisConnectionName, words: string) => string

const networkFailures: Readonly<Record<NetworkFailure, Say>> = {
  nobody_listens: ({ shown, key }) => `nobody listens for ${shown}: start the server, or look at "${key}"`,
  unknown_host: ({ shown, key }) => `the host of ${shown} is unknown: look at "${key}"`,
  no_answer: silent,
  certificate_expired: ({ shown }) => `the certificate of ${shown} has expired: renew it at the server`,
  certificate_too_early: ({ shown }) => `the certificate of ${shown} is not valid yet: set the clocks right`,
  certificate_of_another_host: ({ shown, key }) => `the certificate of ${shown} names another host: look at "${key}"`,
  certificate_untrusted: ({ shown }) =>
    `the certificate of ${shown} is signed by nobody whom this relay trusts: look at "root_certificate"`,
  client_certificate_demanded: ({ shown }) => `${shown} demands a client certificate: look at "client_certificate"`,
  client_certificate_refused: ({ shown }) => `${shown} refused the client certificate: look at "client_certificate"`,
  unusable_files: ({ shown }) =>
    `a certificate for ${shown}, or its key, is no usable PEM file: look at "root_certificate" and "client_certificate"`,
  no_tls: hungUpEarly,
}

const wrongPassword: Say = ({ shown, named }) =>
  named
    ? `${shown} refused the user or the password: look at "username" and "password"`
    : `${shown} refused the password: look at "password"`

/** By how the words of a server, or of ioredis, begin. */
const answers: readonly (readonly [RegExp, Say])[] = [
  [/^NOAUTH/, ({ shown }) => `${shown} wants a password: look at "password"`],
  [/^(?:WRONGPASS|ERR invalid password)/, wrongPassword],
  [/^NOPERM/, ({ shown }) => `${shown} does not allow this user to connect so: look at its ACL, or at "username"`],
  [/^ERR DB index/, ({ shown, db }) => `${shown} has no database ${db}: look at "db"`],
  [
    /^ERR SELECT is not allowed/,
    ({ shown }) => `${shown} is a node of a cluster, which has one database: leave out "db"`,
  ],
  [/^ERR max number of clients/, ({ shown }) => `${shown} takes no more clients: look at its "maxclients"`],
  [/^CLUSTERDOWN/, ({ shown }) => `${shown} is down: nobody has all of its slots`],
  [
    /^ERR This instance has cluster support disabled/,
    ({ shown }) => `${shown} is no node of a cluster: leave out "cluster"`,
  ],
  [/^READONLY/, ({ shown, key }) => `${shown} is a read-only replica: look at "${key}"`],
  [/^LOADING/, ({ shown }) => `${shown} is still loading its data; it is tried again`],
  [/^DENIED/, ({ shown }) => `${shown} is in protected mode: it wants a password, or to be asked on its own machine`],
  [/^Unknown RESP type/, ({ shown, key }) => `${shown} is no Redis: look at "${key}"`],
  // With the last error of a sentinel at its end; without one they have answered.
  [
    /^All sentinels .* (?:NOAUTH|WRONGPASS)/,
    ({ shown }) => `the sentinels of ${shown} refused the password: look at "sentinel_password"`,
  ],
  [
    /^All sentinels are unreachable and retry is disabled\.$/,
    ({ shown }) => `no sentinel of ${shown} knows a master of that name: look at "sentinel_name"`,
  ],
  [/^All sentinels/, ({ shown }) => `no sentinel of ${shown} leads to its master: look at "sentinels"`],
]

/** Why no connection came about. */
export function redisConnectFailure(thrown: unknown, where: RedisConnectionName): WildcastError {
  if (thrown instanceof WildcastError) return thrown
  const cause = withoutCommand(thrown)
  const words = codeOf(cause)
  const say = sayOf(words) ?? (isReply(thrown) ? refused : hungUpEarly)
  return new WildcastError('broker_down', say(where, words), { cause })
}

/** Why a connection ended that was whole. */
export function redisLossOf(thrown: unknown, { shown }: RedisConnectionName): WildcastError {
  if (thrown instanceof WildcastError) return thrown
  const cause = thrown === undefined ? undefined : withoutCommand(thrown)
  const code = codeOf(cause)
  const why = /^E[A-Z]+\b/.exec(code)?.[0] ?? (code.startsWith('Unknown RESP type') ? 'it spoke no Redis' : undefined)
  return new WildcastError('broker_down', `${shown} closed the connection${why ? ` (${why})` : ''}`, { cause })
}

function sayOf(words: string): Say | undefined {
  const kind = networkFailureOf(words)
  return kind ? networkFailures[kind] : answers.find(([form]) => form.test(words))?.[1]
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}

function refused({ shown }: RedisConnectionName, words: string): string {
  return `${shown} refused the connection: ${words}`
}

/**
 * A server says nothing to who speaks TLS where it is not expected, or the other way round: Redis
 * waits, others hang up.
 */
function hungUpEarly({ shown, encrypted }: RedisConnectionName): string {
  const remedy = encrypted
    ? 'perhaps it does not speak TLS: write "url" with redis://'
    : 'perhaps it expects TLS: write "url" with rediss://'
  return `${shown} hung up before it answered; ${remedy}`
}

function silent({ shown, key, encrypted }: RedisConnectionName): string {
  const remedy = encrypted
    ? 'look at firewalls on the way; if it does not speak TLS, write "url" with redis://'
    : `look at "${key}", and at firewalls on the way`
  return `${shown} does not answer: ${remedy}`
}
