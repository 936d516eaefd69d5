/** Undoes what the call that returned it did. Calling it twice does no harm. */
export type Undo = () => void

/** Time and chance, as parameters: a test holds them still. */
export interface ClientClock {
  /** Milliseconds since 1970. */
  now(): number
  /** A number from 0 up to, not including, 1. */
  random(): number
  /** Runs something once, after so many milliseconds. Returns the undo. */
  after(ms: number, run: () => void): Undo
}

/** Past this a browser's timer fires at once. */
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
