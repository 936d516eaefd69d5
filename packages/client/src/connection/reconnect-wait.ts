/** The longest wait before the first attempt, in case the relay is still up. */
const firstMs = 200
/**
 * The second attempts are spread over this time: a fifth of the clients in each second.
 */
const spreadMs = 5_000
const mostMs = 20_000

/**
 * Returns the milliseconds to wait before an attempt to connect. If a relay was away for 200 ms or
 * more, at most a quarter of its clients reconnect in any second: the first attempts have failed,
 * the second ones are spread evenly, and each later wait is longer than the previous one, so that
 * clients which failed early don't meet those that have not tried yet.
 * @param attempt - the number of failed attempts in a row, from 0
 * @param chance - from 0 up to 1
 */
export function reconnectWaitMs(attempt: number, chance: number): number {
  const longest = Math.min(mostMs, attempt === 0 ? firstMs : spreadMs * 1.5 ** (attempt - 1))
  return longest * (attempt < 2 ? chance : 0.6 + 0.4 * chance)
}
