/** Time and chance, as parameters, so that a test can hold them still. */
export interface Clock {
  /** Milliseconds of a clock that never jumps; only differences mean something. */
  now(): number
  /** Milliseconds since 1970. */
  wall(): number
  /** A number from 0 up to, not including, 1. */
  random(): number
  /** Runs once after so many milliseconds. Returns the undo. */
  after(ms: number, run: () => void): () => void
  /**
   * Runs once when all that has come in by now was looked at, without waiting for any time to pass.
   */
  endOfTurn(run: () => void): void
}

/** The machine's own clock. Its timers keep no process alive. */
export const realClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref?.()
    return () => clearTimeout(timer)
  },
  // A browser has none; there nothing comes in bursts from many sockets either.
  endOfTurn: globalThis.setImmediate ?? queueMicrotask,
}
