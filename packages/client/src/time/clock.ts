/** Undoes the call that returned it. Calling it twice does no harm. */
export type Undo = () => void

/** A source of time and random numbers, which tests replace. */
export interface ClientClock {
  /** Milliseconds since 1970. */
  now(): number
  /** A number from 0 up to, not including, 1. */
  random(): number
  /** Calls `run` once, after `ms` milliseconds. Returns the undo. */
  after(ms: number, run: () => void): Undo
}

/** A browser's timer with a longer delay fires at once. */
const longestTimerMs = 2 ** 31 - 1

/** The clock of the machine. */
export const platformClock: ClientClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, longestTimerMs))
    return () => clearTimeout(timer)
  },
}
