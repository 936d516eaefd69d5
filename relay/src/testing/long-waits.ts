import { type Clock, realClock } from '../core/clock.js'

/** The machine's clock, but for long waits, which stand still until a test moves them. */
export interface LongWaits extends Clock {
  /** Lets so many milliseconds pass for the waits that stand still. */
  advance(ms: number): void
}

/** Waits of so many milliseconds or more stand still. */
const longMs = 30_000

/**
 * For what has short waits of its own, to a server of its own for instance, while a test decides
 * when a long one is over.
 */
export function longWaits(): LongWaits {
  const waits = new Set<{ readonly at: number; readonly run: () => void }>()
  let passed = 0
  return {
    ...realClock,
    after(ms, run) {
      if (ms < longMs) return realClock.after(ms, run)
      const wait = { at: passed + ms, run }
      waits.add(wait)
      return () => waits.delete(wait)
    },
    advance(ms) {
      passed += ms
      for (const wait of [...waits].filter(({ at }) => at <= passed)) if (waits.delete(wait)) wait.run()
    },
  }
}
