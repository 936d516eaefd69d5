const firstMs = 500
const mostMs = 20_000

/**
 * Returns the milliseconds to wait before a refused call is retried: full jitter, so that a
 * thousand clients refused together don't retry in step.
 * @param attempt - the number of failed attempts in a row, from 0
 * @param chance - from 0 up to 1
 */
export function backoffMs(attempt: number, chance: number): number {
  return chance * Math.min(mostMs, firstMs * 2 ** attempt)
}
