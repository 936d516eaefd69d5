// Topic filters of MQTT: "+" is one level, a final "#" any number. A wildcard at the first level
// does not match a topic that begins with "$" (MQTT 5, 4.7.2).

/**
 * Whether a topic exists that both filters match. A topic is a filter that matches itself. The
 * prefix of a share is ignored.
 */
export function overlap(one: string, other: string): boolean {
  const a = levelsOf(one)
  const b = levelsOf(other)
  for (let i = 0; ; i++) {
    const [x, y] = [a[i], b[i]]
    if (i === 0 && (isReserved(x) ? isWild(y) : isReserved(y) && isWild(x))) return false
    if (x === '#' || y === '#') return true
    if (x === undefined || y === undefined) return x === y
    if (x !== '+' && y !== '+' && x !== y) return false
  }
}

/** Returns the filter of all topics with the same first level. */
export function prefixCover(filter: string): string {
  const [first] = levelsOf(filter)
  return first === '+' || first === '#' ? '#' : `${first}/#`
}

/** Whether a filter is that of a share. */
export function isShare(filter: string): boolean {
  return filter.startsWith('$share/')
}

/** Returns the levels of a filter, without the prefix of a share. */
export function levelsOf(filter: string): readonly string[] {
  return filter.replace(/^\$share\/[^/]*\//, '').split('/')
}

function isWild(level: string | undefined): boolean {
  return level === '+' || level === '#'
}

function isReserved(level: string | undefined): boolean {
  return level?.[0] === '$'
}
