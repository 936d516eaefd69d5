import type { Clock } from './clock.js'

/** Timers of Node and browsers can't be longer. */
const longestTimerMs = 2 ** 31 - 1

/**
 * Runs when a token expires. Its time counts from now: a clock that is set has no effect. Returns
 * the undo.
 */
export function whenExpired(clock: Clock, expiresAt: number | undefined, run: () => void): (() => void) | undefined {
  if (expiresAt === undefined) return undefined
  return clock.after(Math.min(Math.max(0, expiresAt - clock.wall()), longestTimerMs), run)
}
