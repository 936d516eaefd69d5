/**
 * A Redis glob: the literals before, between and after its stars. Other wildcards are never used.
 */
export type Glob = readonly string[]

/**
 * A glob in the syntax of Redis. Escapes only the four characters that mean something outside of
 * brackets, since ACLs compare globs literally.
 */
export function globText(glob: Glob): string {
  return glob.map((literal) => literal.replace(/[*?[\\]/g, '\\$&')).join('*')
}

/** Matches as Redis does: a star stands for any text, across dots. */
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
