import { type Clock, realClock } from '../../core/clock.js'

/**
 * The system clock, with timers that keep the process alive: a primary may have nothing else to
 * wait for when all its processes have crashed.
 */
export const wakefulClock: Clock = {
  ...realClock,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
