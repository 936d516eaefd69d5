/** The path of a value: keys of tables and indexes of lists. */
export type Path = readonly (string | number)[]

/** The name of a path in a sentence: `"url" in [brokers.main]`. */
export function nameOf(path: Path): string {
  const last = path.at(-1)
  const around = path.slice(0, -1)
  if (last === undefined) return 'it'
  if (typeof last === 'number') return `item ${last + 1} of ${nameOf(around)}`
  return around.length === 0 ? `"${shown(last)}"` : `"${shown(last)}" in ${tableOf(around)}`
}

function tableOf(path: Path): string {
  return path.some((key) => typeof key === 'number') ? nameOf(path) : `[${path.map(String).map(shown).join('.')}]`
}

/**
 * Returns a user's word, or `…` if it isn't a plain word: a URL in the place of a key may contain a
 * password.
 */
export function shown(word: string): string {
  return /^[\w. -]{1,64}$/.test(word) ? word : '…'
}
