import {
  type EnterFrame,
  type LeaveFrame,
  type PublishFrame,
  type RequestFrame,
  type SubscribeFrame,
  WildcastError,
} from '@wildcast/protocol'
import type {
  Ask,
  PresenceCommand,
  PublishCommand,
  RetainCommand,
  SnapshotCommand,
  Subscribe,
} from '../../../core/commands.js'

// Translates the frames of a client to commands of its session.

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
export function subscribeOf(frame: SubscribeFrame): Subscribe {
  const { ref, subject, broker, group, serve, policy, retained, filter } = frame
  refuseReserved(laterFieldsOf(frame))
  if (retained && ref === undefined) throw needsRef('retained')
  return {
    subject,
    broker,
    group,
    serve,
    retained: retained ? ref : undefined,
    filter,
    policy: policy && { deliver: policy.deliver, maxRate: policy.max_rate },
  }
}

/** @throws {WildcastError} if the frame has a field that snapshots have not */
export function snapshotOf({ ref, subject, broker, filter, ...rest }: SubscribeFrame): SnapshotCommand {
  refuseReserved(laterFieldsOf(rest))
  if (ref === undefined) throw needsRef('snapshot')
  const field = (['group', 'serve', 'policy', 'retained'] as const).find((name) => rest[name])
  if (field !== undefined)
    throw new WildcastError('invalid_frame', `"snapshot" sends values only: leave "${field}" out`)
  return { ref, subject, broker, filter }
}

function needsRef(field: string): WildcastError {
  return new WildcastError('invalid_frame', `"${field}" needs a "ref", which its values bear`)
}

export function askOf({ subject, message, broker, timeout, headers }: RequestFrame): Ask {
  return { subject, payload: message, broker, timeoutMs: timeout, headers }
}

/** The fields of a publish that concern a value. */
const valueFields = ['when', 'when_revision', 'watch', 'watch_timeout', 'will', 'will_after', 'ttl'] as const

function refuseWithoutRetain(frame: PublishFrame): void {
  const field = frame.retain ? undefined : valueFields.find((name) => frame[name] !== undefined)
  if (field !== undefined)
    throw new WildcastError('unsupported', `"${field}" is for values: add "retain", or leave "${field}" out`)
}

/** Fields of a subscription that this relay does not act on yet. */
const laterFields = ['after', 'last', 'before', 'limit', 'count'] as const

function laterFieldsOf(frame: Partial<SubscribeFrame>): readonly string[] {
  return laterFields.filter((name) => frame[name] !== undefined && frame[name] !== false)
}

function refuseReserved(reserved: readonly string[] = []): void {
  if (reserved.length === 0) return
  throw new WildcastError('unsupported', `this relay can't do "${reserved.join('", "')}"; leave it out`)
}
