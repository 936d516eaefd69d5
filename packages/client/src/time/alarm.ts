import type { ClientClock, Undo } from './clock.js'

/** One timer. */
export interface Alarm {
  /** Runs something after so many milliseconds, instead of what was set before. */
  set(ms: number, run: () => void): void
  stop(): void
}

/** Makes an alarm, not set yet. */
export function openAlarm(clock: ClientClock): Alarm {
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
