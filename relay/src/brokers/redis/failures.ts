import { type ErrorCode, WildcastError } from '@wildcast/protocol'

// Messages state the failure and its remedy, never what was sent: that may be a secret.

const gone = 'the connection to Redis has ended'

/**
 * The meaning of a refusal, by the first word of the reply. After `broker_down` the connection is
 * of no more use.
 */
const replies: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  NOPERM: ['forbidden', "the relay's user at Redis may not do this: look at its ACL"],
  READONLY: ['broker_down', 'the server has become a read-only replica: look at "url"'],
  NOAUTH: ['broker_down', 'the server wants a password now: look at "password"'],
  LOADING: ['broker_down', 'the server is loading its data'],
  MASTERDOWN: ['broker_down', 'the server is a replica that has lost its master'],
  CLUSTERDOWN: ['broker_down', 'the cluster is down: no node serves some of its slots'],
  MOVED: ['broker_down', 'another node of the cluster has it now: name its nodes in "cluster"'],
  ASK: ['broker_down', 'another node of the cluster is taking it over'],
  OOM: ['internal', 'Redis is out of memory: look at its "maxmemory"'],
  MISCONF: ['internal', "Redis takes no writes since it can't save them: look at its log"],
  NOREPLICAS: ['internal', 'Redis takes no writes without enough replicas'],
  BUSY: ['internal', 'Redis is busy with a script'],
}

/** The error of a command that failed. */
export function commandFailure(thrown: unknown): WildcastError {
  if (thrown instanceof WildcastError) return thrown
  const cause = withoutCommand(thrown)
  if (!isReply(thrown)) return new WildcastError('broker_down', gone, { cause })
  const [code, why] = replies[wordOf(thrown.message)] ?? ['internal', `Redis refused it: ${cause.message}`]
  return new WildcastError(code, why, { cause })
}

/**
 * An error without the command that ioredis attaches to it, password and payload included, and
 * without the part of the command that servers repeat.
 */
export function withoutCommand(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown))
  if (!('command' in thrown)) return thrown
  return new Error(thrown.message.replace(/,? with args beginning with[\s\S]*/, ''))
}

/** Whether a failure is a reply of the server: a refusal. */
export function isReply(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === 'ReplyError'
}

/** Whether a failure is a refusal that begins with this word. */
export function isRefusal(cause: unknown, word: string): boolean {
  return isReply(cause) && wordOf(cause.message) === word
}

/** The error of what waits for a connection that has ended. */
export function redisEndedError(): WildcastError {
  return new WildcastError('broker_down', gone)
}

function wordOf(reply: string): string {
  // A script's refusal lacks the word (Redis 7), or has it inside a sentence (Redis 6).
  if (/^ERR The user executing the script can't/.test(reply)) return 'NOPERM'
  return /^ERR Error running script.*? -([A-Z]+) /.exec(reply)?.[1] ?? reply.split(' ', 1)[0] ?? ''
}
