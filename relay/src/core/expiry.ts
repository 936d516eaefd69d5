import { refusal, type WildcastError } from '@wildcast/protocol'
import { afterLong } from './after-long.js'
import type { Clock } from './clock.js'

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
  return afterLong(clock, Math.max(0, expiresAt - clock.wall()), run)
}
