import { type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import { foreignNames } from '../foreign/names.js'

const names = foreignNames({ separator: '/', escaped: '. *>', emptySegments: true })

/** A topic filter that brings all that a pattern matches. */
export interface Cover {
  readonly filter: string
  /**
   * It says what the pattern says, level by level; reserved subjects apart, it then brings nothing
   * more.
   */
  readonly faithful: boolean
}

/** The subject of a topic; undefined where it fits none. */
export function subjectOf(topic: string): Subject | undefined {
  return names.subjectOf(topic)
}

/** @throws {WildcastError} `invalid_subject`, and `forbidden` for the server's own topics */
export function topicOf(subject: Pattern): string {
  if (!isTopicText(subject) || /[\s/+#*>]|^\.|\.\.|\.$|^$/.test(subject))
    throw new WildcastError('invalid_subject', `${shown(subject)} can be no MQTT topic; name one subject`)
  return checked(names.nameOf(subject as Subject))
}

/** Levels of a topic or filter, `$share/<name>` included, past which mosquitto hangs up. */
const mostLevels = 200

/** As many levels may stand before the topic of a request: `$share/<name>/request/+`. */
export const levelsBefore = 4

/**
 * A topic or filter that a server takes. `under` stands for the levels that may be put before it.
 * @throws {WildcastError} `invalid_subject`
 */
export function checkLevels(name: string, under: number = 0): string {
  if (name.length + under >= mostLevels && name.split('/').length + under > mostLevels) {
    const most = mostLevels - under
    throw new WildcastError('invalid_subject', `${shown(name)} has more than ${most} levels, which MQTT servers refuse`)
  }
  return name
}

/**
 * The narrowest filter that covers a pattern: `*` is `+`, a final `**` is `#`, and from a `**` in
 * the middle on everything is covered.
 * @throws {WildcastError} `invalid_subject`, and `forbidden` for the server's own topics
 */
export function coverOf(pattern: Pattern): Cover {
  if (!isTopicText(pattern) || /[\s/+#>]/.test(pattern))
    throw new WildcastError('invalid_subject', `${shown(pattern)} can be no MQTT topic filter`)
  const segments = pattern.split('.')
  const many = segments.indexOf('**')
  const literal = many < 0 ? segments : segments.slice(0, many)
  const levels = literal.map((segment) => (segment === '*' ? '+' : names.literal(segment)))
  if (many >= 0) levels.push('#')
  return { filter: checked(levels.join('/')), faithful: many < 0 || many === segments.length - 1 }
}

/**
 * Whether a filter brings what a pattern matches and nothing more. Servers know nothing of our
 * reserved first segments.
 */
export function isExactFor(pattern: Pattern, { faithful }: Cover): boolean {
  return faithful && pattern[0] !== '*'
}

/**
 * What the members of a group share in `$share/<name>/<filter>`. It is the group's own name where
 * the filter says what the pattern says, so that strangers may join; otherwise groups of other
 * patterns under the same filter would take each other's messages. No subject has a `>`.
 */
export function shareName(group: string, pattern: Pattern, { faithful }: Cover): string {
  const name = faithful ? group : `${group}>${pattern}`
  if (!isTopicText(name) || /[/+#]/.test(name) || name === '')
    throw new WildcastError('invalid_subject', `${shown(group)} can be no name of an MQTT share`)
  return name
}

/** Under this name the servers of a subject share its requests. No group can be called so. */
export const serversShare = '>serve'

/**
 * Whether servers take a text for a topic or property: they hang up on control characters and on
 * what Unicode calls no character (MQTT 5, 1.5.4).
 */
export function isTopicText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text)
}

function checked(name: string): string {
  if (name === '') throw new WildcastError('invalid_subject', 'an MQTT topic has at least one character')
  if (name[0] === '$') throw new WildcastError('forbidden', 'topics that begin with "$" are the MQTT server\'s own')
  return checkLevels(name)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
