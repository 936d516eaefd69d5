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

interface Timer {
  readonly at: number
  readonly run: () => void
}

export function fakeClock(): FakeClock {
  const timers = new Set<Timer>()
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
        const next = first(timers)
        if (!next || next.at > end) break
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

/** The next timer; of several at the same time, the one that was set first. */
function first(timers: Iterable<Timer>): Timer | undefined {
  let found: Timer | undefined
  for (const timer of timers) if (!found || timer.at < found.at) found = timer
  return found
}
