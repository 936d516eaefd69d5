import type { Clock } from '../../core/clock.js'

const lookEveryMs = 500

/**
 * Runs once the process that started this one has ended: npm starts scripts through a shell that
 * passes no signal on.
 */
export function whenParentGone(clock: Clock, run: () => void): void {
  const parent = process.ppid
  const look = (): void => {
    if (process.ppid === parent) clock.after(lookEveryMs, look)
    else run()
  }
  look()
}
