import type { ClientClock, Undo } from './clock.js'

/** A timer that can be set again. */
export interface Timer {
  /** Calls `run` after `ms` milliseconds. Replaces the previous call. */
  set(ms: number, run: () => void): void
  stop(): void
}

/** Creates a timer that is not set. */
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
