/** The way to a value: keys of tables and places in lists, from the top. */
export type Path = readonly (string | number)[]

/** What a path is called in a sentence: `"url" in [brokers.main]`. */
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
 * A word that a user wrote, unless it looks like more than a word: a URL in the place of a key may
 * hold a password.
 */
export function shown(word: string): string {
  return /^[\w. -]{1,64}$/.test(word) ? word : '…'
}
