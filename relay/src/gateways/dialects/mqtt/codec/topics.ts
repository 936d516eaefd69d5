// The grammar of topic names and filters (4.7) and of shared subscriptions (4.8.2).

/** Whether a text is a topic name: not empty [MQTT-4.7.3-1], no wildcards [MQTT-3.3.2-2]. */
export function isTopicName(text: string): boolean {
  return text !== '' && !text.includes('+') && !text.includes('#')
}

/** Whether a text is a topic filter: wildcards stand for whole levels, `#` for the last ones. */
export function isTopicFilter(text: string): boolean {
  const many = text.indexOf('#')
  const isLast = many < 0 || (many === text.length - 1 && startsLevel(text, many))
  if (!isLast) return false // [MQTT-4.7.1-1]
  for (let at = text.indexOf('+'); at >= 0; at = text.indexOf('+', at + 1)) {
    const isWhole = startsLevel(text, at) && (at + 1 === text.length || text[at + 1] === '/')
    if (!isWhole) return false // [MQTT-4.7.1-2]
  }
  return text !== '' // [MQTT-4.7.3-1]
}

function startsLevel(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === '/'
}

/** A shared subscription: the clients of one name share the messages of a filter. */
export interface SharedFilter {
  readonly shareName: string
  readonly filter: string
}

const sharedPrefix = '$share/'

/** Whether a filter of MQTT 5 asks for a shared subscription, well-formed or not. */
export function isSharedFilter(text: string): boolean {
  return text.startsWith(sharedPrefix)
}

/** Returns the parts of `$share/NAME/FILTER`, or undefined if the text is not of this form. */
export function parseSharedFilter(text: string): SharedFilter | undefined {
  if (!isSharedFilter(text)) return undefined
  const end = text.indexOf('/', sharedPrefix.length)
  const shareName = text.slice(sharedPrefix.length, end)
  const filter = text.slice(end + 1)
  // [MQTT-4.8.2-1], [MQTT-4.8.2-2]
  return end >= 0 && isTopicName(shareName) && isTopicFilter(filter) ? { shareName, filter } : undefined
}
