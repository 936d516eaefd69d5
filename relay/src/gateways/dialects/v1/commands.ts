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
  HistoryPageWant,
  PresenceCommand,
  PublishCommand,
  RetainCommand,
  SnapshotCommand,
  Subscribe,
} from '../../../core/commands.js'
import type { HistoryWant } from '../../../core/history/catch-up.js'
import { parsePosition } from '../../../core/position.js'

// Translates the frames of a client to commands of its session.

/** The messages of a page, unless the client asks for another number; and the most. */
const [defaultPage, longestPage] = [100, 1000]

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
  const { ref, subject, broker, group, serve, policy, retained, filter, count } = frame
  if (retained && ref === undefined) throw needsRef('retained')
  refusePageFields(frame)
  return {
    subject,
    broker,
    group,
    serve,
    retained: retained ? ref : undefined,
    history: historyOf(frame),
    count,
    filter,
    policy: policy && { deliver: policy.deliver, maxRate: policy.max_rate },
  }
}

/** @throws {WildcastError} if the frame has a field that snapshots have not */
export function snapshotOf({ ref, subject, broker, filter, ...rest }: SubscribeFrame): SnapshotCommand {
  if (ref === undefined) throw needsRef('snapshot')
  const field = (['group', 'serve', 'policy', 'retained', 'count'] as const).find((name) => rest[name])
  if (field !== undefined)
    throw new WildcastError('invalid_frame', `"snapshot" sends what is there: leave "${field}" out`)
  return { ref, subject, broker, filter, page: pageOf(rest) }
}

/** Returns what a subscription asks of the history. */
function historyOf({ ref, after, last, retained }: SubscribeFrame): HistoryWant | undefined {
  if (after === undefined && last === undefined) return undefined
  if (ref === undefined) throw needsRef(after === undefined ? 'last' : 'after')
  if (after !== undefined && last !== undefined) throw oneOf('after', 'last')
  if (retained) throw oneOf('retained', after === undefined ? 'last' : 'after')
  return { ref, last, after: after === undefined ? undefined : parsePosition(after, 'after') }
}

/** Returns the page that a snapshot asks for; undefined if it asks for values. */
function pageOf({ after, before, last, limit }: Partial<SubscribeFrame>): HistoryPageWant | undefined {
  if ((after ?? before ?? last ?? limit) === undefined) return undefined
  if (after !== undefined && before !== undefined) throw oneOf('after', 'before')
  if (last !== undefined) throw new WildcastError('invalid_frame', 'a page has a "limit": leave "last" out')
  return {
    after: after === undefined ? undefined : parsePosition(after, 'after'),
    before: before === undefined ? undefined : parsePosition(before, 'before'),
    limit: Math.min(limit ?? defaultPage, longestPage),
  }
}

function refusePageFields(frame: SubscribeFrame): void {
  const field = (['before', 'limit'] as const).find((name) => frame[name] !== undefined)
  if (field !== undefined)
    throw new WildcastError('invalid_frame', `"${field}" is for pages: add "snapshot", or leave "${field}" out`)
}

function oneOf(one: string, other: string): WildcastError {
  return new WildcastError('invalid_frame', `"${one}" and "${other}" exclude each other: leave one out`)
}

function needsRef(field: string): WildcastError {
  return new WildcastError('invalid_frame', `"${field}" needs a "ref", which what is sent bears`)
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

function refuseReserved(reserved: readonly string[] = []): void {
  if (reserved.length === 0) return
  throw new WildcastError('unsupported', `this relay can't do "${reserved.join('", "')}"; leave it out`)
}
