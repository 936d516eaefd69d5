/**
 * Returns the subject of NATS that matches what both of these match, or undefined if nothing does.
 */
export function intersectionOf(one: string, other: string): string | undefined {
  const [a, b] = [one.split('.'), other.split('.')]
  const both: string[] = []
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [first, second] = [a[i], b[i]]
    // At the end of one, the other demands more; a ">" demands one segment at least.
    if (first === undefined || second === undefined) return undefined
    if (first === '>') return [...both, ...b.slice(i)].join('.')
    if (second === '>') return [...both, ...a.slice(i)].join('.')
    if (first !== second && first !== '*' && second !== '*') return undefined
    both.push(first === '*' ? second : first)
  }
  return both.join('.')
}

/**
 * Returns the filter of a consumer that reads what these subscriptions of NATS match in a stream.
 * Undefined if a consumer without a filter does, or comes closest.
 */
export function filterOf(subjects: readonly string[], streamSubjects: readonly string[]): string | undefined {
  const both = subjects.flatMap((one) => streamSubjects.map((other) => intersectionOf(one, other)))
  const [first, ...others] = new Set(both.filter((one) => one !== undefined))
  return others.length > 0 || (streamSubjects.length === 1 && first === streamSubjects[0]) ? undefined : first
}
