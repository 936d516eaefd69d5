import { type Clock, realClock } from '../../core/clock.js'

/**
 * The machine's own clock, whose timers keep the process alive: a primary may have nothing else to
 * wait for, when all of its crew have crashed.
 */
export const wakefulClock: Clock = {
  ...realClock,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
