import { type Clock, realClock } from '../core/clock.js'

/** The machine's clock, except for long waits, which stand still until a test moves them. */
export interface LongWaits extends Clock {
  /** Advances the long waits by `ms` milliseconds. */
  advance(ms: number): void
}

/** The shortest long wait. */
const longMs = 30_000

/**
 * Returns a clock for code with short waits, for a server for instance, while a test controls the
 * long ones.
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
