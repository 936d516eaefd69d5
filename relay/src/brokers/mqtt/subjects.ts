import { type Pattern, type Subject, WildcastError } from '@wildcast/protocol'
import { isTopicText, mqttTopics } from '../../names/mqtt-topics.js'

/** A topic filter that matches all subjects of a pattern. */
export interface Cover {
  readonly filter: string
  /** Whether it matches only those, apart from reserved subjects. */
  readonly faithful: boolean
}

/** @throws {WildcastError} `invalid_subject`, and `forbidden` for topics of the server itself */
export function topicOf(subject: Pattern): string {
  if (!isTopicText(subject) || /[\s/+#*>]|^\.|\.\.|\.$|^$/.test(subject))
    throw new WildcastError('invalid_subject', `${shown(subject)} can't be an MQTT topic; name one subject`)
  return checked(mqttTopics.nameOf(subject as Subject))
}

/** The level limit of mosquitto, including `$share/<name>`. It closes the connection beyond it. */
const mostLevels = 200

/** The levels that a request puts before its topic: `$share/<name>/request/+`. */
export const levelsBefore = 4

/**
 * Checks the levels of a topic or filter, including `under` levels that may be put before it.
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
 * Returns the narrowest filter that covers a pattern: `*` becomes `+`, and `**` becomes a final
 * `#`, which also replaces the segments behind it.
 * @throws {WildcastError} `invalid_subject`, and `forbidden` for topics of the server itself
 */
export function coverOf(pattern: Pattern): Cover {
  if (!isTopicText(pattern) || /[\s/+#>]/.test(pattern))
    throw new WildcastError('invalid_subject', `${shown(pattern)} can't be an MQTT topic filter`)
  const segments = pattern.split('.')
  const many = segments.indexOf('**')
  const literal = many < 0 ? segments : segments.slice(0, many)
  const levels = literal.map((segment) => (segment === '*' ? '+' : mqttTopics.literal(segment)))
  if (many >= 0) levels.push('#')
  return { filter: checked(levels.join('/')), faithful: many < 0 || many === segments.length - 1 }
}

/**
 * Whether a filter matches only what the pattern matches. Leading wildcards of MQTT match reserved
 * first segments, too.
 */
export function isExactFor(pattern: Pattern, { faithful }: Cover): boolean {
  return faithful && pattern[0] !== '*'
}

/**
 * Returns the name of a group in `$share/<name>/<filter>`. It is the name of the group if the
 * filter is not wider than the pattern, so that other clients can join. Otherwise it includes the
 * pattern: groups of other patterns with the same filter would take each other's messages. No group
 * name has a `>`.
 */
export function shareName(group: string, pattern: Pattern, { faithful }: Cover): string {
  const name = faithful ? group : `${group}>${pattern}`
  if (!isTopicText(name) || /[/+#]/.test(name) || name === '')
    throw new WildcastError('invalid_subject', `${shown(group)} can't be the name of an MQTT share`)
  return name
}

/** The share of all responders. No group can have this name. */
export const respondersShare = '>serve'

function checked(name: string): string {
  if (name === '') throw new WildcastError('invalid_subject', 'an MQTT topic has at least one character')
  if (name[0] === '$')
    throw new WildcastError('forbidden', 'topics that begin with "$" are reserved for the MQTT server')
  return checkLevels(name)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
