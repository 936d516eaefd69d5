import {
  type BrokerMessage,
  besideSize,
  checkHeaders,
  headerSize,
  headersTooLarge,
  isClosed,
  isExact,
  type JsonValue,
  limits,
  mayBeDerived,
  type Pattern,
  parsePattern,
  parseSubject,
  payloadSize,
  type Subject,
  WildcastError,
} from '@wildcast/protocol'
import type { Interest } from './broker.js'
import { quarantined } from './contract/quarantine.js'
import { patternOfMembers } from './presence-subjects.js'

// Checks of a client's input alone, independent of the client and of the brokers' features.

/**
 * Checks the size of a message: first its headers and error, then these with its payload.
 * @throws {WildcastError} `too_large`
 */
export function checkSize(
  message: Pick<BrokerMessage, 'payload' | 'headers' | 'error' | 'beside'>,
  limit: number,
): void {
  const { payload, headers, error, beside } = message
  let extra = 0
  if (headers || error || beside) {
    checkHeaders(message)
    extra = headerSize(message) + besideSize(message)
    if (extra > limits.headerBytes) throw headersTooLarge()
  }
  // A UTF-16 unit takes 1 to 3 bytes, so most texts need no count.
  if (payload.length * 3 + extra <= limit) return
  if (payload.length + extra > limit || payloadSize(payload) + extra > limit) {
    const counted = extra > 0 ? ', counted with its headers and error' : ''
    const why = `the payload is longer than ${limit} bytes${counted}; send it in parts, or a link to it`
    throw new WildcastError('too_large', why)
  }
}

/** @throws {WildcastError} `unknown_broker` if a session may use only another broker */
export function checkBroker(asked: string | undefined, only: string | undefined): void {
  if (only !== undefined && asked !== undefined && asked !== only)
    throw new WildcastError('unknown_broker', `there is no broker of that name; there are: ${only}`)
}

/** @throws {WildcastError} `forbidden` for names that are reserved for the system. */
export function refuseClosed(subject: Pattern): void {
  if (isClosed(subject))
    throw new WildcastError('forbidden', `"${subject}" is closed to clients, as all that begins with "$" or "_"`)
}

/** @throws {WildcastError} `forbidden` for subjects that a relay makes for requests. */
export function refuseMadeForRequest(subject: Pattern): void {
  if (mayBeDerived(subject))
    throw new WildcastError(
      'forbidden',
      `you may not publish "${subject}": send a request, or answer on the response subject that you received`,
    )
}

/** Parses the subject of a publish; it may be a pattern only with `wildcard`. */
export function publishSubject({
  subject,
  wildcard,
}: {
  readonly subject: string
  readonly wildcard?: boolean | undefined
}): Pattern {
  return wildcard ? parsePattern(subject) : parseSubject(subject)
}

/** Parses a subject to serve, request or answer on. */
export function ownSubject(text: string): Subject {
  const subject = parseSubject(text)
  refuseClosed(subject)
  return subject
}

/** The fields of a subscription that decide its interest. */
export interface SubscriptionFields {
  readonly subject: string
  readonly group?: string | undefined
  readonly serve?: boolean | undefined
  readonly answers?: boolean | undefined
  readonly policy?: object | undefined
  readonly retained?: number | undefined
  readonly history?: object | undefined
  readonly filter?: JsonValue | undefined
  readonly count?: boolean | undefined
}

/** @throws {WildcastError} `invalid_frame` */
function checkCount(pattern: Pattern, fields: SubscriptionFields): void {
  if (patternOfMembers(pattern) === undefined)
    throw new WildcastError('invalid_frame', '"count" is for members: subscribe to "$presence.<pattern>.*"')
  const names = ['group', 'serve', 'policy', 'retained', 'history', 'filter'] as const
  const field = names.find((name) => fields[name] !== undefined && (name !== 'serve' || fields.serve))
  if (field === undefined) return
  const named = field === 'history' ? '"after" and "last"' : `"${field}"`
  throw new WildcastError('invalid_frame', `"count" sends a number, once a second at most: leave ${named} out`)
}

/** Returns the pattern that opens a subject of the system to clients, or the pattern itself. */
function opened(pattern: Pattern, quarantines: boolean): Pattern {
  const of = (quarantines && quarantined(pattern)) || pattern
  return patternOfMembers(of) ?? of
}

/**
 * Returns the interest of a subscription.
 * @param quarantines - whether data that does not fit the contract can be subscribed to
 */
export function interestOf(fields: SubscriptionFields, quarantines: boolean = false): Interest {
  const { subject, group, serve, policy, retained, history, filter } = fields
  const pattern = parsePattern(subject)
  if (fields.count) checkCount(pattern, fields)
  const isPlain = group === undefined && !serve
  refuseClosed(isPlain ? opened(pattern, quarantines) : pattern)
  if (serve && !isExact(pattern))
    throw new WildcastError('invalid_subject', `"${pattern}" has a wildcard; a server serves one subject`)
  if (serve && group !== undefined)
    throw new WildcastError('invalid_frame', '"serve" has no "group": a subject has one server')
  if (policy && (serve || group !== undefined))
    throw new WildcastError(
      'invalid_frame',
      'leave "policy" out: with "group" or "serve", each message goes to one member only',
    )
  if (retained !== undefined && (serve || group !== undefined))
    throw new WildcastError('invalid_frame', 'values are for every subscriber: leave "group" and "serve" out')
  if (history && (serve || group !== undefined))
    throw new WildcastError('invalid_frame', 'the history is for every subscriber: leave "group" and "serve" out')
  if (filter !== undefined && (serve || group !== undefined))
    throw new WildcastError(
      'invalid_frame',
      'leave "filter" out: with "group" or "serve", a message that does not match would be lost',
    )
  return {
    pattern,
    ...(group === undefined ? {} : { group: parseSubject(group) }),
    ...(serve ? { serve: true } : {}),
    ...(fields.answers && isExact(pattern) ? { answers: true } : {}),
  }
}
