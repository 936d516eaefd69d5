import { type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import type { Interest } from '../../core/broker.js'
import type { Native } from '../foreign/driver.js'
import { type ForeignNames, foreignNames } from '../foreign/names.js'

/** One or more subscriptions of NATS that together bring what an interest needs. */
export interface NatsNative extends Native {
  readonly subjects: readonly string[]
  readonly queue?: string
  /** Takes questions only: what has a reply subject. */
  readonly serves: boolean
}

export const names: ForeignNames = foreignNames({ separator: '.', escaped: '/+#' })

/**
 * The queue of all servers, so that each request has one taker. No group is called so: in subjects
 * there is no slash.
 */
const serversQueue = 'wildcast/serve'

/** The narrowest subscriptions that cover an interest. @throws {WildcastError} `invalid_subject` */
export function natsNativeOf({ pattern, group, serve = false }: Interest): NatsNative {
  const { subjects, exact } = cover(pattern)
  const queue = serve ? serversQueue : group === undefined ? undefined : queueOf(group, pattern, exact)
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
 * The name of a subject that is published to, or of one that is answered on.
 * @throws {WildcastError} `invalid_subject`, `unsupported` for a pattern
 */
export function natsNameOf(subject: Pattern): string {
  const name = names.nameOf(subject as Subject)
  // The server would deliver to a subscriber of that very text.
  if (/[*>]/.test(name)) throw new WildcastError('unsupported', oneSubject)
  return checked(name)
}

export const oneSubject = 'NATS brings a message to one subject; publish to each'

/**
 * The client library writes names to the wire as they are: white space or a line break in one would
 * be a command to the server. Ours were parsed long before, so this is the last of several locks.
 * @throws {WildcastError} `invalid_subject`
 */
export function checked(name: string): string {
  if (/[\s\p{Cc}]|^$/u.test(name))
    throw new WildcastError('invalid_subject', 'a name has white space or a control character, or is empty')
  return name
}

/**
 * Bytes of a line that a server takes (max_control_line) without the command, its numbers and
 * spaces.
 */
const longestNames = 4096 - 64

/**
 * Checks that the names of one command fit into a line: past that, the server hangs up.
 * @throws {WildcastError} `invalid_subject`
 */
export function checkLine(name: string, other: string = ''): void {
  // A UTF-16 unit takes 3 bytes at most, so that most names need no count.
  if ((name.length + other.length) * 3 <= longestNames) return
  if (Buffer.byteLength(name) + Buffer.byteLength(other) > longestNames)
    throw new WildcastError(
      'invalid_subject',
      `NATS takes ${longestNames} bytes of names in one command; shorten the subject`,
    )
}

function cover(pattern: Pattern): { subjects: string[]; exact: boolean } {
  const segments = pattern.split('.').map((segment) => (/^\*\*?$/.test(segment) ? segment : names.literal(segment)))
  const open = segments.indexOf('**')
  // NATS knows no reserved first segments.
  const leads = segments[0] === '*' || segments[0] === '**'
  if (open < 0) return { subjects: [segments.join('.')], exact: !leads }
  const before = segments.slice(0, open)
  const after = segments.slice(open + 1).filter((segment) => segment !== '**')
  if (after.length === 0) return { subjects: anyNumber(before), exact: !leads }
  // Each of those after it takes one segment at least, and `>` one or more.
  const least = after.slice(1).map(() => '*')
  return { subjects: [[...before, ...least, '>'].join('.')], exact: false }
}

/**
 * What begins so: `>` alone wants one more segment. In a row of wildcards `*` stands before `**`,
 * and both together are a `>`.
 */
function anyNumber(before: readonly string[]): string[] {
  if (before.length === 0) return ['>']
  if (before.at(-1) === '*') return [[...before.slice(0, -1), '>'].join('.')]
  return [before.join('.'), [...before, '>'].join('.')]
}

/**
 * The group itself, so that strangers may be members. Where NATS would bring more than the pattern
 * matches, the pattern belongs to it: else our members would take, and drop, what is for the
 * members of others. `#` and `+` stand for the wildcards, which queue names had better not hold.
 */
function queueOf(group: string, pattern: Pattern, exact: boolean): string {
  return exact ? group : `${group}/${pattern.replaceAll('**', '#').replaceAll('*', '+')}`
}

/** Whether answers come in on it, and nothing else. */
export function isInbox(name: string): boolean {
  return name.startsWith('_INBOX.')
}
