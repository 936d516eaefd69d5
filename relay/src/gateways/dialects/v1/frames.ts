import {
  type BrokerMessage,
  type EnterFrame,
  type LeaveFrame,
  limits,
  type PublishFrame,
  type RelayFrame,
  type RequestFrame,
  type SubscribeFrame,
  type WelcomeFrame,
  WildcastError,
} from '@wildcast/protocol'
import type { Identity } from '../../../core/access/identity.js'
import type {
  Ask,
  PresenceCommand,
  PublishCommand,
  RetainCommand,
  SnapshotCommand,
  Subscribe,
} from '../../../core/commands.js'
import { ConditionFailed } from '../../../core/condition-failed.js'
import { namedLimits } from '../../../core/limit-table.js'
import type { RelayView } from '../../../core/relay.js'
import { pingMs } from '../../connections/heartbeat.js'

// Translates frames of v1 to a session's commands, and its answers to frames.

/** @throws {WildcastError} `unsupported` if the frame has a field that this relay can't act on */
export function publishOf(frame: PublishFrame): PublishCommand {
  refuseReserved(frame.reserved)
  refuseWithoutRetain(frame)
  const { subject, message, broker, response_subject, headers, wildcard, more, error, key } = frame
  return { subject, payload: message, broker, responseSubject: response_subject, headers, wildcard, more, error, key }
}

/** Returns what a publish does with the value of its subject, if it retains its message. */
export function retainOf(frame: PublishFrame): RetainCommand | undefined {
  if (!frame.retain) return undefined
  const { when, when_revision, watch, watch_timeout, will, will_after, ttl } = frame
  return {
    when,
    whenRevision: when_revision,
    watch,
    watchTimeoutMs: watch_timeout,
    will: typeof will === 'object' && will !== null ? Uint8Array.from(will) : will,
    willAfterMs: will_after,
    ttlMs: ttl,
  }
}

export function presenceOf({ subject, broker, member }: EnterFrame | LeaveFrame): Omit<PresenceCommand, 'payload'> {
  return { subject, broker, member }
}

/** @throws {WildcastError} `unsupported` if the frame has a field that this relay can't act on */
export function subscribeOf({
  ref,
  reserved,
  subject,
  broker,
  group,
  serve,
  policy,
  retained,
}: SubscribeFrame): Subscribe {
  refuseReserved(reserved)
  if (retained && ref === undefined) throw needsRef('retained')
  return {
    subject,
    broker,
    group,
    serve,
    retained: retained ? ref : undefined,
    policy: policy && { deliver: policy.deliver, maxRate: policy.max_rate },
  }
}

/** @throws {WildcastError} if the frame has a field that snapshots have not */
export function snapshotOf({ ref, reserved, subject, broker, ...rest }: SubscribeFrame): SnapshotCommand {
  refuseReserved(reserved)
  if (ref === undefined) throw needsRef('snapshot')
  const field = (['group', 'serve', 'policy', 'retained'] as const).find((name) => rest[name])
  if (field !== undefined)
    throw new WildcastError('invalid_frame', `"snapshot" sends values only: leave "${field}" out`)
  return { ref, subject, broker }
}

function needsRef(field: string): WildcastError {
  return new WildcastError('invalid_frame', `"${field}" needs a "ref", which its values bear`)
}

export function askOf({ subject, message, broker, timeout, headers }: RequestFrame): Ask {
  return { subject, payload: message, broker, timeoutMs: timeout, headers }
}

/** The facts of a session in `Welcome`. */
export interface WelcomeFacts extends Pick<WelcomeFrame, 'session' | 'name' | 'resumed' | 'received'> {
  /** Bytes of a batch, if both sides have agreed on batches. */
  readonly batch: number | undefined
  readonly identity: Identity
}

/** The answer to `Connect`. */
export function welcome(relay: RelayView, { batch, identity, ...session }: WelcomeFacts): WelcomeFrame {
  const { payload, subscriptions, resume } = relay.limits
  return {
    kind: 'Welcome',
    ...session,
    user: identity.user,
    expires_in: expiresIn(identity, relay),
    relay: relay.id,
    brokers: relay.brokers(),
    limits: {
      ...namedLimits(relay.limits),
      payload,
      subscriptions,
      resume_bytes: resume,
      headers: limits.headers,
      header_bytes: limits.headerBytes,
      batch,
    },
    ping: pingMs(relay.limits),
    time: relay.clock.wall(),
  }
}

/** Milliseconds until the session of a client ends. Undefined if its token does not expire. */
export function expiresIn({ expiresAt }: Identity, { clock }: Pick<RelayView, 'clock'>): number | undefined {
  return expiresAt === undefined ? undefined : Math.max(0, Math.floor(expiresAt - clock.wall()))
}

/** A refusal by the responder is an `Error` with the responder's own code. */
export function responseOf(ref: number, answer: BrokerMessage): RelayFrame {
  if (answer.error) return { kind: 'Error', ref, ...answer.error, retry: false }
  return { kind: 'Response', ref, message: answer.payload, ...(answer.more ? { more: true } : {}) }
}

export function errorOf(error: WildcastError, ref: number | undefined): RelayFrame {
  const { code, message, retry, retryInMs } = error
  const revision = error instanceof ConditionFailed ? error.revision : undefined
  return { kind: 'Error', ref, code, message, retry, retry_in: retryInMs, revision }
}

/** The fields of a publish that concern a value. */
const valueFields = ['when', 'when_revision', 'watch', 'watch_timeout', 'will', 'will_after', 'ttl'] as const

function refuseWithoutRetain(frame: PublishFrame): void {
  const field = frame.retain ? undefined : valueFields.find((name) => frame[name] !== undefined)
  if (field !== undefined)
    throw new WildcastError('unsupported', `"${field}" is for values: add "retain", or leave "${field}" out`)
}

function refuseReserved(reserved: readonly string[] | undefined): void {
  if (reserved) throw new WildcastError('unsupported', `this relay can't do "${reserved.join('", "')}"; leave it out`)
}
