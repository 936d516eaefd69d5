import type { Clock } from '../core/clock.js'

/** The limit of lines of one kind in a window. */
const linesPerWindow = 20
const windowMs = 60_000

/**
 * Admits a limited number of each kind per window, so that one bad client can't fill a disk.
 * @param suppressed called at the end of a window that exceeded the limit
 */
export function quota(clock: Clock, suppressed: (kind: string, count: number) => void): (kind: string) => boolean {
  const used = new Map<string, number>()
  return (kind) => {
    const count = (used.get(kind) ?? 0) + 1
    used.set(kind, count)
    if (count === 1)
      clock.after(windowMs, () => {
        const over = (used.get(kind) ?? 0) - linesPerWindow
        used.delete(kind)
        if (over > 0) suppressed(kind, over)
      })
    return count <= linesPerWindow
  }
}
