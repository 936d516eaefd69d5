import { type ErrorCode, WildcastError } from '@wildcast/protocol'

// What went wrong, in plain words with the remedy. Never with what was sent: that may be a secret.

/** Which connection failed. */
export interface Where {
  /** As an operator knows it, with the word for what it is: `Redis at localhost:6379`. */
  readonly shown: string
  /** The settings key that names it. */
  readonly key: string
  readonly encrypted: boolean
  /** The number of the database. */
  readonly db?: number | undefined
}

type Say = (where: Where) => string

const untrusted: Say = ({ shown }) =>
  `the certificate of ${shown} is signed by nobody whom this relay trusts: look at "root_certificate"`
const unusableFiles: Say = () =>
  'a certificate or its key is no usable PEM file: look at "root_certificate" and "client_certificate"'

/** By the codes of Node's sockets and of OpenSSL, and by how the server's own words begin. */
const reasons: readonly (readonly [RegExp, Say])[] = [
  [/^ECONNREFUSED\b/, ({ shown, key }) => `nobody listens for ${shown}: start the server, or look at "${key}"`],
  [/^(?:ENOTFOUND|EAI_)/, ({ shown, key }) => `the host of ${shown} is unknown: look at "${key}"`],
  [/^(?:ETIMEDOUT|E(?:HOST|NET)UNREACH)\b/, silent],
  [/^CERT_HAS_EXPIRED/, ({ shown }) => `the certificate of ${shown} has expired: renew it at the server`],
  [/^ERR_TLS_CERT_ALTNAME/, ({ shown, key }) => `the certificate of ${shown} names another host: look at "${key}"`],
  [/^(?:CERT_|UNABLE_TO_(?:GET|VERIFY)|\w*SELF_SIGNED)/, untrusted],
  [
    /^ERR_SSL_\w*ALERT_(?:CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)/,
    ({ shown }) => `${shown} demands a client certificate: look at "client_certificate"`,
  ],
  [
    /^ERR_SSL_\w*ALERT_(?:UNKNOWN_CA|BAD_CERT|CERTIFICATE|UNSUPPORTED_CERT|ACCESS_DENIED)/,
    ({ shown }) => `${shown} refused the client certificate: look at "client_certificate"`,
  ],
  [/^(?:ERR_OSSL|ERR_CRYPTO|ERR_SSL_\w*(?:PEM|KEY))/, unusableFiles],
  [/^(?:EPROTO|ERR_SSL_WRONG_VERSION)/, hungUpEarly],
  [/^NOAUTH/, ({ shown }) => `${shown} wants a password: look at "password"`],
  [/^WRONGPASS/, () => 'the server refused the password: look at "password", and at "username" where there is one'],
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
  [/^All sentinels are unreachable/, ({ shown }) => `no sentinel of ${shown} leads to a master: look at "sentinels"`],
]

/** Why no connection came about. The cause stays with it. */
export function connectFailure(cause: unknown, where: Where): WildcastError {
  if (cause instanceof WildcastError) return cause
  const say = reasons.find(([form]) => form.test(codeOf(cause)))?.[1] ?? hungUpEarly
  return new WildcastError('broker_down', say(where), { cause })
}

/** Why a connection ended that was whole. */
export function lossOf(cause: unknown, { shown }: Where): WildcastError {
  if (cause instanceof WildcastError) return cause
  const code = codeOf(cause)
  const why = /^E[A-Z]+\b/.exec(code)?.[0] ?? (code.startsWith('Unknown RESP type') ? 'it spoke no Redis' : undefined)
  return new WildcastError('broker_down', `${shown} closed the connection${why ? ` (${why})` : ''}`, { cause })
}

const gone = 'the connection to Redis has ended'

/** What a command was refused with, by the first word of the reply. Where it is `broker_down`, the connection is of no more use. */
const replies: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  NOPERM: ['forbidden', "the relay's user at Redis may not do this: look at its ACL"],
  READONLY: ['broker_down', 'the server has become a read-only replica: look at "url"'],
  NOAUTH: ['broker_down', 'the server wants a password now: look at "password"'],
  LOADING: ['broker_down', 'the server is loading its data'],
  MASTERDOWN: ['broker_down', 'the server is a replica that has lost its master'],
  CLUSTERDOWN: ['broker_down', 'the cluster is down: some of its slots are served by nobody'],
  MOVED: ['broker_down', 'another node of the cluster has it now: name its nodes in "cluster"'],
  ASK: ['broker_down', 'another node of the cluster is taking it over'],
  OOM: ['internal', 'Redis is out of memory: look at its "maxmemory"'],
  MISCONF: ['internal', "Redis takes no writes since it can't save them: look at its log"],
  NOREPLICAS: ['internal', 'Redis takes no writes without enough replicas'],
  BUSY: ['internal', 'Redis is busy with a script'],
}

/** What became of a command that failed. */
export function commandFailure(cause: unknown): WildcastError {
  if (cause instanceof WildcastError) return cause
  if (!isReply(cause)) return new WildcastError('broker_down', gone, { cause })
  const [code, why] = replies[wordOf(cause.message)] ?? ['internal', `Redis refused it: ${cause.message}`]
  return new WildcastError(code, why, { cause })
}

/** Whether the server has answered, if only to refuse. */
export function isReply(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === 'ReplyError'
}

/** Whether a refusal begins with this word. */
export function isRefusal(cause: unknown, word: string): boolean {
  return isReply(cause) && wordOf(cause.message) === word
}

/** The connection has ended while something waited for it. */
export function endedError(): WildcastError {
  return new WildcastError('broker_down', gone)
}

function wordOf(reply: string): string {
  // A script tells of it in words of its own (Redis 7), or in a sentence around it (Redis 6).
  if (/^ERR The user executing the script can't/.test(reply)) return 'NOPERM'
  return /^ERR Error running script.*? -([A-Z]+) /.exec(reply)?.[1] ?? reply.split(' ', 1)[0] ?? ''
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}

/** A server says nothing to who speaks TLS where it is not expected, or the other way round: Redis waits, others hang up. */
function hungUpEarly({ shown, key, encrypted }: Where): string {
  const remedy = encrypted
    ? `perhaps it does not speak TLS: write "${key}" with redis://`
    : `perhaps it expects TLS: write "${key}" with rediss://`
  return `${shown} hung up before it answered; ${remedy}`
}

function silent({ shown, key, encrypted }: Where): string {
  const remedy = encrypted
    ? `look at firewalls on the way; if it does not speak TLS, write "${key}" with redis://`
    : `look at "${key}", and at firewalls on the way`
  return `${shown} does not answer: ${remedy}`
}
