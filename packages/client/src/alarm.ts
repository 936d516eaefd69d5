import type { Clock, Undo } from './clock.js'

/** One timer. */
export interface Alarm {
  /** Whether it is set. */
  readonly on: boolean
  /** Runs something after so many milliseconds, instead of what was set before. */
  set(ms: number, run: () => void): void
  stop(): void
}

/** Makes an alarm, not set yet. */
export function openAlarm(clock: Clock): Alarm {
  let undo: Undo | undefined
  const stop = (): void => {
    undo?.()
    undo = undefined
  }
  return {
    get on() {
      return undo !== undefined
    },
    set(ms, run) {
      stop()
      undo = clock.after(ms, () => {
        undo = undefined
        run()
      })
    },
    stop,
  }
}
