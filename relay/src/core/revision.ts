// The numbers of values: `<term>-<n>` in base 36, of fixed width, so that the order of texts is the
// order of numbers. A database can compare the tokens of locks as texts.

const [termDigits, randomDigits, countDigits] = [7, 3, 9]

/** The greatest count of a term; the next change begins another term. */
export const mostOfTerm: number = 36 ** countDigits - 1

/**
 * Returns the text of a new term, which is greater than all before it.
 * @param last - the term before it, if there was one
 * @param seconds - since 1970, by the clock of the store
 * @param random - from 0 up to 1: two histories that begin in the same second differ
 */
export function termAfter(last: string | undefined, seconds: number, random: number): string {
  const previous = last === undefined ? 0 : Number.parseInt(last.slice(0, termDigits), 36)
  const part = Math.floor(random * 36 ** randomDigits)
  return fixed(Math.max(previous + 1, Math.floor(seconds)), termDigits) + fixed(part, randomDigits)
}

/** Returns the number of the `count`th change of a term. */
export function revisionOf(term: string, count: number): string {
  return `${term}-${fixed(count, countDigits)}`
}

function fixed(value: number, digits: number): string {
  return value.toString(36).padStart(digits, '0')
}
