/**
 * A Redis glob: the literal texts before, between and after its stars. No other glob character is
 * ever used.
 */
export type Glob = readonly string[]

/**
 * How Redis is asked for it. Outside of brackets only these four mean something; the rest stays as
 * it is, since ACLs compare globs letter by letter.
 */
export function globText(glob: Glob): string {
  return glob.map((literal) => literal.replace(/[*?[\\]/g, '\\$&')).join('*')
}

/** Whether a name matches, as Redis decides it: a star stands for any text, across dots. */
export function globMatches(glob: Glob, name: string): boolean {
  const [first = '', ...others] = glob
  const last = others.pop()
  if (last === undefined) return name === first
  if (!name.startsWith(first)) return false
  let from = first.length
  for (const literal of others) {
    const at = name.indexOf(literal, from)
    if (at < 0) return false
    from = at + literal.length
  }
  return name.length - from >= last.length && name.endsWith(last)
}
