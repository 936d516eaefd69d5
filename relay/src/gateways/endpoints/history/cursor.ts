import type { Clock } from '../../../core/clock.js'

/** The length of an interval, and when the first one began: 9 October 2024. */
const [intervalMs, epochMs] = [20_000, 1_728_432_000_000]

/** The most intervals by which a cursor jumps ahead: an hour. */
const mostAhead = 180

/**
 * Returns the cursor of an answer: the number of the present interval. A cache that answers a
 * repeat by an old answer would loop, so the cursor is always above that of the request.
 */
export function cursorAfter(asked: string | undefined, clock: Clock): string {
  const now = Math.max(0, Math.floor((clock.wall() - epochMs) / intervalMs))
  const before = asked !== undefined && /^\d{1,12}$/.test(asked) ? Number(asked) : -1
  return String(before < now ? now : before + 1 + Math.floor(clock.random() * mostAhead))
}
