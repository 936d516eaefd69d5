// Topic filters of MQTT: "+" is one level, a final "#" any number. No wildcard at the first level
// reaches a topic that begins with "$" (MQTT 5, 4.7.2).

/**
 * Whether a topic exists that both filters match; a topic is the filter that matches itself. Those
 * of shares are compared by what they match.
 */
export function overlap(one: string, other: string): boolean {
  const a = levelsOf(one)
  const b = levelsOf(other)
  for (let i = 0; ; i++) {
    const [x, y] = [a[i], b[i]]
    if (i === 0 && (isServers(x) ? isWild(y) : isServers(y) && isWild(x))) return false
    if (x === '#' || y === '#') return true
    if (x === undefined || y === undefined) return x === y
    if (x !== '+' && y !== '+' && x !== y) return false
  }
}

/** All that begins with the first level of a filter. */
export function prefixCover(filter: string): string {
  const [first] = levelsOf(filter)
  return first === '+' || first === '#' ? '#' : `${first}/#`
}

/** Whether its messages are shared among clients. */
export function isShare(filter: string): boolean {
  return filter.startsWith('$share/')
}

/** Of a share, those of its filter. */
export function levelsOf(filter: string): readonly string[] {
  return filter.replace(/^\$share\/[^/]*\//, '').split('/')
}

function isWild(level: string | undefined): boolean {
  return level === '+' || level === '#'
}

function isServers(level: string | undefined): boolean {
  return level?.[0] === '$'
}
