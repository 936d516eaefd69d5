import { type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { Interest } from '../../core/broker.js'
import { type ForeignNames, foreignNames } from '../../names/foreign-names.js'
import type { Native } from '../foreign/driver.js'

/** One or more subscriptions of NATS that together cover an interest. */
export interface NatsNative extends Native {
  readonly subjects: readonly string[]
  readonly queue?: string
  /** Whether it takes requests only: messages with a reply subject. */
  readonly serves: boolean
}

export const names: ForeignNames = foreignNames({ separator: '.', escaped: '/+#' })

/**
 * The queue of all responders, so that one gets each request. No group has this name, since group
 * names hold no slash.
 */
const respondersQueue = 'wildcast/serve'

/**
 * Returns the narrowest subscriptions for an interest. @throws {WildcastError} `invalid_subject`
 */
export function natsNativeOf({ pattern, group, serve = false }: Interest): NatsNative {
  const { subjects, exact } = cover(pattern)
  const queue = serve ? respondersQueue : group === undefined ? undefined : queueOf(group, pattern, exact)
  if (queue !== undefined) checked(queue)
  for (const name of subjects) checkLine(checked(name), queue)
  return {
    key: [...subjects, ...(queue === undefined ? [] : [`queue ${queue}`])].join(' '),
    exact,
    wildcard: pattern.includes('*'),
    single: queue !== undefined,
    subjects,
    ...(queue === undefined ? {} : { queue }),
    serves: serve,
  }
}

/**
 * Returns the name of a subject or response subject.
 * @throws {WildcastError} `invalid_subject`, `unsupported` for a pattern
 */
export function natsNameOf(subject: Pattern): string {
  const name = names.nameOf(subject as Subject)
  // The server would deliver to subscribers of the literal text.
  if (/[*>]/.test(name)) throw new WildcastError('unsupported', oneSubject)
  return checked(name)
}

export const oneSubject = 'NATS brings a message to one subject; publish to each'

/**
 * Checks a name before it is written. The client library writes names unescaped: white space or a
 * line break would start another command. Subjects are validated before, so this is a second check.
 * @throws {WildcastError} `invalid_subject`
 */
export function checked(name: string): string {
  if (/[\s\p{Cc}]|^$/u.test(name))
    throw new WildcastError('invalid_subject', 'a name has white space or a control character, or is empty')
  return name
}

/** The limit of a line at the server (max_control_line), less the command, numbers and spaces. */
const longestNames = 4096 - 64

/**
 * Checks that the names of a command fit into a line. The server closes the connection otherwise.
 * @throws {WildcastError} `invalid_subject`
 */
export function checkLine(name: string, other: string = ''): void {
  // A UTF-16 unit takes 3 bytes at most, so most names need no byte count.
  if ((name.length + other.length) * 3 <= longestNames) return
  if (Buffer.byteLength(name) + Buffer.byteLength(other) > longestNames)
    throw new WildcastError(
      'invalid_subject',
      `NATS accepts ${longestNames} bytes of names in one command; shorten the subject`,
    )
}

function cover(pattern: Pattern): { subjects: string[]; exact: boolean } {
  const segments = pattern.split('.').map((segment) => (/^\*\*?$/.test(segment) ? segment : names.literal(segment)))
  const open = segments.indexOf('**')
  // NATS has no reserved first segments, which leading wildcards must not match.
  const leads = segments[0] === '*' || segments[0] === '**'
  if (open < 0) return { subjects: [segments.join('.')], exact: !leads }
  const before = segments.slice(0, open)
  const after = segments.slice(open + 1).filter((segment) => segment !== '**')
  if (after.length === 0) return { subjects: anyNumber(before), exact: !leads }
  // Each segment after `**` matches at least one, and `>` one or more.
  const least = after.slice(1).map(() => '*')
  return { subjects: [[...before, ...least, '>'].join('.')], exact: false }
}

/**
 * Covers a final `**`. `>` needs at least one segment, so the prefix itself is a second subject. In
 * a normal pattern `*` comes before `**`, and both together are a `>`.
 */
function anyNumber(before: readonly string[]): string[] {
  if (before.length === 0) return ['>']
  if (before.at(-1) === '*') return [[...before.slice(0, -1), '>'].join('.')]
  return [before.join('.'), [...before, '>'].join('.')]
}

/**
 * Returns the name of the group, so that other NATS clients can join. If the subscription is wider
 * than the pattern, the pattern is part of the name: otherwise members would take, and drop,
 * messages of members with other patterns. `#` and `+` replace wildcards, which queue names should
 * not hold.
 */
function queueOf(group: string, pattern: Pattern, exact: boolean): string {
  return exact ? group : `${group}/${pattern.replaceAll('**', '#').replaceAll('*', '+')}`
}

/** Whether a name is for answers only. */
export function isInbox(name: string): boolean {
  return name.startsWith('_INBOX.')
}
