import type { ClientClock } from '../time/clock.js'

/** A clock that a test advances. */
export interface FakeClock extends ClientClock {
  /** The result of `random`. */
  chance: number
  /** The number of timers that are set. */
  readonly timers: number
  /** Advances the time. Timers fire in order; promises settle in between. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock, as a user or a time server does. Timers are not affected. */
  set(now: number): void
}

/** Waits until all promises have settled that don't depend on a timer. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await undefined
}

/** Creates a clock with the given time. */
export function createFakeClock(start = 1_000_000): FakeClock {
  const timers = new Map<symbol, { readonly at: number; run(): void }>()
  let elapsed = 0
  let offset = start
  return {
    chance: 0.5,
    now: () => elapsed + offset,
    random() {
      return this.chance
    },
    after(ms, run) {
      const timer = Symbol('timer')
      timers.set(timer, { at: elapsed + ms, run })
      return () => timers.delete(timer)
    },
    get timers() {
      return timers.size
    },
    set(now) {
      offset = now - elapsed
    },
    async advance(ms) {
      const end = elapsed + ms
      while (true) {
        await settle()
        const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)
        if (!next) break
        timers.delete(next[0])
        elapsed = Math.max(elapsed, next[1].at)
        next[1].run()
      }
      elapsed = end
    },
  }
}
