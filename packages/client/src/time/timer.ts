import type { ClientClock, Undo } from './clock.js'

/** One timer. */
export interface Timer {
  /** Runs something after so many milliseconds, instead of what was set before. */
  set(ms: number, run: () => void): void
  stop(): void
}

/** Makes an timer, not set yet. */
export function openTimer(clock: ClientClock): Timer {
  let undo: Undo | undefined
  const stop = (): void => undo?.()
  return {
    set(ms, run) {
      stop()
      undo = clock.after(ms, run)
    },
    stop,
  }
}
