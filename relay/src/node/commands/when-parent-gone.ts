import type { Clock } from '../../core/clock.js'

const lookEveryMs = 500

/**
 * Runs when the process that started this one has ended: npm starts scripts through a shell that
 * forwards no signals.
 */
export function whenParentGone(clock: Clock, run: () => void): void {
  const parent = process.ppid
  const look = (): void => {
    if (process.ppid === parent) clock.after(lookEveryMs, look)
    else run()
  }
  look()
}
