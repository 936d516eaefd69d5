const firstMs = 500
const mostMs = 20_000

/**
 * Milliseconds to wait before something that was refused is asked again: full jitter, so that a
 * thousand clients that were refused together don't ask in step.
 * @param attempt - how many attempts in a row have failed before, from 0
 * @param chance - from 0 up to 1
 */
export function backoffMs(attempt: number, chance: number): number {
  return chance * Math.min(mostMs, firstMs * 2 ** attempt)
}
