import { type Clock, realClock } from '@wildcast/relay/core'

/** The clock of a test relay: of the relay itself, and of its clients. */
export interface TestClock extends Clock {
  /** Milliseconds since 1970, as for `wall`. */
  now(): number
  /**
   * Lets `ms` milliseconds pass. Timers fire in order, each at its time, and what follows from one
   * is over before the next. Resolves when nothing is left to do. A `systemClock` waits.
   * @throws {RangeError} unless it is a number from 0
   */
  advance(ms: number): Promise<void>
  /** Resolves when nothing is left to do at the present time. */
  settled(): Promise<void>
}

/** Callbacks of promises after which nothing more is to be expected, if the clock is not used. */
const quietTurns = 500

/** 2026-01-01T00:00Z. */
const usualStart = 1_767_225_600_000

interface Timer {
  readonly at: number
  readonly run: () => void
}

/**
 * A clock that stands still until a test advances it. Its `random` is always 0.5.
 * @param start - in milliseconds since 1970
 */
export function fakeClock(start: number = usualStart): TestClock {
  const timers = new Set<Timer>()
  const { endOfTurn, settled } = openTurns()
  let now = start
  return {
    now: () => now,
    wall: () => now,
    random: () => 0.5,
    endOfTurn,
    settled,
    after(ms, run) {
      const timer = { at: now + Math.max(0, ms), run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms) {
      checkSpan(ms)
      const end = now + ms
      for (;;) {
        await settled()
        const next = firstOf(timers)
        if (!next || next.at > end) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.run()
      }
      now = Math.max(now, end) // another call may have advanced it further
    },
  }
}

/** The clock of the machine: for a story, or a page that a person looks at. */
export function systemClock(): TestClock {
  const { endOfTurn, settled } = openTurns()
  const { wall, random, after } = realClock
  return {
    now: wall,
    wall,
    random,
    after,
    endOfTurn,
    settled,
    async advance(ms) {
      checkSpan(ms)
      await new Promise<void>((resolve) => after(ms, resolve))
      await settled()
    },
  }
}

/**
 * Turns of promise callbacks. Nothing else would work everywhere: fake timers of a test stop
 * `queueMicrotask` and all timers, and not every environment has `setImmediate`.
 */
function openTurns(): Pick<TestClock, 'endOfTurn' | 'settled'> {
  let turns = 0
  return {
    endOfTurn(run) {
      turns++
      void Promise.resolve().then(run)
    },
    async settled() {
      for (let quiet = 0, seen = turns; quiet < quietTurns; quiet++) {
        await undefined
        if (seen !== turns) quiet = 0
        seen = turns
      }
    },
  }
}

/** Time does not go back; and timers that are set again would never let an endless time end. */
function checkSpan(ms: number): void {
  if (!(ms >= 0 && Number.isFinite(ms))) throw new RangeError(`advance takes milliseconds from 0, not ${ms}`)
}

/** The next timer; of several at the same time, the one that was set first. */
function firstOf(timers: Iterable<Timer>): Timer | undefined {
  let first: Timer | undefined
  for (const timer of timers) if (!first || timer.at < first.at) first = timer
  return first
}
