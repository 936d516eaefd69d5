import type { Clock } from './clock.js'

/** Timers of Node and browsers can't be longer. */
const longestTimerMs = 2 ** 31 - 1

/** Runs once after any number of milliseconds. Returns the undo. */
export function afterLong(clock: Pick<Clock, 'after'>, ms: number, run: () => void): () => void {
  let stop = (): void => {}
  const wait = (rest: number): void => {
    const now = Math.min(rest, longestTimerMs)
    stop = clock.after(now, () => (rest > now ? wait(rest - now) : run()))
  }
  wait(ms)
  return () => stop()
}
