/** Time and randomness as a parameter, so that tests can control them. */
export interface Clock {
  /** Milliseconds of a monotonic clock; only differences are meaningful. */
  now(): number
  /** Milliseconds since 1970 UTC. */
  wall(): number
  /** A random number in [0, 1). */
  random(): number
  /** Runs once after `ms` milliseconds. Returns the undo. */
  after(ms: number, run: () => void): () => void
  /** Runs once after all input that has arrived was processed, without waiting for time to pass. */
  endOfTurn(run: () => void): void
}

/** The machine's clock. Its timers don't keep the process alive. */
export const realClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref?.()
    return () => clearTimeout(timer)
  },
  // Browsers have no `setImmediate`, and no bursts of input from many sockets either.
  endOfTurn: globalThis.setImmediate ?? queueMicrotask,
}
