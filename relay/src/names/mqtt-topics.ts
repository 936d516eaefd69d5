import { type Pattern, parsePattern, type Subject } from '@wildcast/protocol'
import { type ForeignNames, foreignNames } from './foreign-names.js'

/**
 * The topics of MQTT. A level may be empty, which is a `%` in a subject: `/foo` is `%.foo`, and
 * `a.b/c` is `a%2Eb.c`.
 */
export const mqttTopics: ForeignNames = foreignNames({ separator: '/', escaped: '. *>', emptySegments: true })

/**
 * The most levels of a topic or filter from a client: mosquitto accepts 200 slashes and no more.
 */
const mostLevels = 201

/**
 * Returns the subject of a topic name. Undefined if it has none: it has a wildcard, a control
 * character or white space other than a blank, or it is empty or too long.
 */
export function subjectOfTopic(topic: string): Subject | undefined {
  return topic === '' || /[+#]/.test(topic) || hasTooManyLevels(topic) ? undefined : mqttTopics.subjectOf(topic)
}

/**
 * Returns the pattern of a topic filter, without `$share/<name>/`. Undefined if the filter is
 * invalid, or if it can match no topic that has a subject.
 */
export function patternOfFilter(filter: string): Pattern | undefined {
  if (filter === '' || hasTooManyLevels(filter)) return undefined
  const levels = filter.split('/')
  const segments: string[] = []
  for (const [i, level] of levels.entries()) {
    if (level === '+') segments.push('*')
    else if (level === '#' && i === levels.length - 1) segments.push('**')
    else {
      const segment = subjectOfLevel(level)
      if (segment === undefined) return undefined
      segments.push(segment)
    }
  }
  try {
    return parsePattern(segments.join('.'))
  } catch {
    return undefined // the gateway refuses it with a reason of MQTT
  }
}

/**
 * Returns the topic of a subject. Undefined if it has none: it has a character that MQTT clients
 * may refuse, or it is `%`, whose topic would be empty.
 */
export function topicOfSubject(subject: Subject): string | undefined {
  const topic = mqttTopics.nameOf(subject)
  return topic !== '' && isTopicText(topic) ? topic : undefined
}

/**
 * Whether a text is valid in a topic or property. Servers close the connection over control
 * characters and Unicode noncharacters (MQTT 5, 1.5.4).
 */
export function isTopicText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text)
}

function subjectOfLevel(level: string): Subject | undefined {
  return /[+#]/.test(level) ? undefined : mqttTopics.subjectOf(level)
}

/** Counts without splitting: a packet may have 65,535 slashes. */
function hasTooManyLevels(name: string): boolean {
  let at = -1
  for (let levels = 1; levels <= mostLevels; levels++) {
    at = name.indexOf('/', at + 1)
    if (at < 0) return false
  }
  return true
}
