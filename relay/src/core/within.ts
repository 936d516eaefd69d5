import type { Clock } from './clock.js'

/** Resolves when the work has settled, or after `ms` milliseconds. Never rejects. */
export function within(ms: number, work: Promise<unknown>, clock: Pick<Clock, 'after'>): Promise<void> {
  return new Promise((resolve) => {
    const stopClock = clock.after(ms, resolve)
    const settled = (): void => {
      stopClock()
      resolve()
    }
    work.then(settled, settled)
  })
}
