/** A relay that is still there has a client back this soon. */
const firstMs = 200
/**
 * If it is not, the second attempts are spread over so long: a fifth of the clients in each second.
 */
const spreadMs = 5_000
const mostMs = 20_000

/**
 * Milliseconds to wait before an attempt to connect. Of many clients that lost the same relay, no
 * second sees more than a quarter come back, if the relay was away for 200 ms or more: the first
 * attempts are over by then, the second ones are spread evenly, and each later wait is longer than
 * the one before, so that those that failed early come after those that have not tried yet.
 * @param attempt - how many attempts in a row have failed before, from 0
 * @param chance - from 0 up to 1
 */
export function reconnectWaitMs(attempt: number, chance: number): number {
  const longest = Math.min(mostMs, attempt === 0 ? firstMs : spreadMs * 1.5 ** (attempt - 1))
  return longest * (attempt < 2 ? chance : 0.6 + 0.4 * chance)
}
