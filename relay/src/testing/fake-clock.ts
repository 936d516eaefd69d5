import type { Clock } from '../core/clock.js'

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Advances by `ms` milliseconds: timers run at their own time, in order. */
  advance(ms: number): void
  /** Advances by `ms` milliseconds as if the process were stopped: no timer runs. */
  stop(ms: number): void
  /** The number of pending timers. */
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
