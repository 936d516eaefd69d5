import { refusal, type WildcastError } from '@wildcast/protocol'
import type { Clock } from './clock.js'

/** Timers of Node and browsers can't be longer. */
const longestTimerMs = 2 ** 31 - 1

/** The error of a session whose token has expired. */
export function expired(): WildcastError {
  return refusal('token_expired', 'the token has expired; connect with a new one')
}

/** Whether a token has expired already. */
export function hasExpired(clock: Clock, expiresAt: number | undefined): boolean {
  return expiresAt !== undefined && expiresAt <= clock.wall()
}

/**
 * Runs when a token expires. Its time counts from now: a clock that is set has no effect. Returns
 * the undo.
 */
export function whenExpired(clock: Clock, expiresAt: number | undefined, run: () => void): (() => void) | undefined {
  if (expiresAt === undefined) return undefined
  let stop = (): void => {}
  const wait = (ms: number): void => {
    const now = Math.min(ms, longestTimerMs)
    stop = clock.after(now, () => (ms > now ? wait(ms - now) : run()))
  }
  wait(Math.max(0, expiresAt - clock.wall()))
  return () => stop()
}
