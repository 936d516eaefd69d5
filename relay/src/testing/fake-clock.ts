import type { Clock } from '../core/clock.js'

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Lets so many milliseconds pass: timers run at their own moment, in order. */
  advance(ms: number): void
  /** Lets so many milliseconds pass while the process is stopped: no timer runs. */
  stop(ms: number): void
  /** How many timers are set. */
  readonly timers: number
}

export function fakeClock(): FakeClock {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  let now = 0
  return {
    now: () => now,
    wall: () => now,
    random: () => 0.5,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    endOfTurn: queueMicrotask,
    advance(ms) {
      const end = now + ms
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.run()
      }
      now = end
    },
    stop(ms) {
      now += ms
    },
    get timers() {
      return timers.size
    },
  }
}
