/** Returns the word that was probably meant, or undefined if no word is close enough. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((other) => ({ other, slips: distance(word.toLowerCase(), other.toLowerCase()) }))
    .filter(({ other, slips }) => slips <= Math.max(1, Math.floor(other.length / 3)))
    .sort((a, b) => a.slips - b.slips)
  return best?.other
}

/** Returns the end of a sentence, such as `; did you mean "port"?`, or nothing. */
export function meant(word: unknown, known: readonly string[]): string {
  const close = typeof word === 'string' ? nearest(word, known) : undefined
  return close === undefined ? '' : `; did you mean "${close}"?`
}

/**
 * The number of letters that were omitted, inserted, replaced or swapped (Damerau and Levenshtein).
 */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= from.length; i++) {
    rows.push([i])
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      const swapped = i > 1 && j > 1 && from[i - 2] === to[j - 1] && from[i - 1] === to[j - 2]
      const least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1))
      rows[i]?.push(swapped ? Math.min(least, at(i - 2, j - 2) + 1) : least)
    }
  }
  return at(from.length, to.length)
}
