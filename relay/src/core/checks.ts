import {
  type BrokerMessage,
  checkHeaders,
  headerSize,
  isClosed,
  isDerived,
  isExact,
  type Pattern,
  parsePattern,
  parseSubject,
  payloadSize,
  type Subject,
  WildcastError,
} from '@wildcast/protocol'
import type { Interest } from './broker.js'

// What is true or false of a client's words alone, whoever says them and whatever the brokers can
// do.

/**
 * Checks the size of a message: of its headers and error alone, and together with its payload.
 * @throws {WildcastError} `too_large`
 */
export function checkSize(message: Pick<BrokerMessage, 'payload' | 'headers' | 'error'>, limit: number): void {
  const { payload, headers, error } = message
  let beside = 0
  if (headers || error) {
    checkHeaders(message)
    beside = headerSize(message)
  }
  // A UTF-16 unit takes 1 to 3 bytes, so that most texts need no count.
  if (payload.length * 3 + beside <= limit) return
  if (payload.length + beside > limit || payloadSize(payload) + beside > limit) {
    const counted = beside > 0 ? ', counted with its headers and error' : ''
    const why = `the payload is longer than ${limit} bytes${counted}; send it in parts, or a link to it`
    throw new WildcastError('too_large', why)
  }
}

/** @throws {WildcastError} `forbidden` for the system's own names. */
export function refuseClosed(subject: Pattern): void {
  if (isClosed(subject))
    throw new WildcastError('forbidden', `"${subject}" is closed to clients, as all that begins with "$" or "_"`)
}

/** @throws {WildcastError} `forbidden` for a subject that a relay makes for a request. */
export function refuseMadeForRequest(subject: Pattern): void {
  if (isDerived(subject))
    throw new WildcastError(
      'forbidden',
      `you may not publish "${subject}": ask with a request, and answer where you were asked`,
    )
}

/** The subject of a publish, which may be a pattern only when that was asked for. */
export function publishSubject({
  subject,
  wildcard,
}: {
  readonly subject: string
  readonly wildcard?: boolean | undefined
}): Pattern {
  return wildcard ? parsePattern(subject) : parseSubject(subject)
}

/** A subject to serve, request, or answer on. */
export function ownSubject(text: string): Subject {
  const subject = parseSubject(text)
  refuseClosed(subject)
  return subject
}

/** What a client may subscribe to. */
export interface Wish {
  readonly subject: string
  readonly group?: string | undefined
  readonly serve?: boolean | undefined
  readonly policy?: object | undefined
}

/** The interest that a subscription stands for. */
export function interestOf({ subject, group, serve, policy }: Wish): Interest {
  const pattern = parsePattern(subject)
  refuseClosed(pattern)
  if (serve && !isExact(pattern))
    throw new WildcastError('invalid_subject', `"${pattern}" has a wildcard; a server serves one subject`)
  if (serve && group !== undefined)
    throw new WildcastError('invalid_frame', '"serve" has no "group": a subject has one server')
  if (policy && (serve || group !== undefined))
    throw new WildcastError(
      'invalid_frame',
      'a "policy" is for who gets every message; a group or server gets each one',
    )
  return {
    pattern,
    ...(group === undefined ? {} : { group: parseSubject(group) }),
    ...(serve ? { serve: true } : {}),
  }
}
