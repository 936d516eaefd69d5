import type { TestClock } from '@wildcast/testing'
import type { ClientClock } from '../time/clock.js'

/** The clock of a client, apart from that of its relay. */
export interface OwnClock extends ClientClock {
  /** The number of timers that the client has set. */
  readonly timers: number
  /** The longest timer so far, in milliseconds. */
  readonly longestMs: number
  /** The machine sleeps: time passes for the client, but not for its timers. */
  sleep(ms: number): void
}

/** Creates the clock of a client at the relay of a clock. */
export function ownClock(clock: TestClock): OwnClock {
  const timers = new Set<symbol>()
  let slept = 0
  let longestMs = 0
  return {
    now: () => clock.now() + slept,
    random: () => clock.random(),
    after(ms, run) {
      const timer = Symbol('timer')
      timers.add(timer)
      longestMs = Math.max(longestMs, ms)
      const undo = clock.after(ms, () => {
        timers.delete(timer)
        run()
      })
      return () => {
        timers.delete(timer)
        undo()
      }
    },
    get timers() {
      return timers.size
    },
    get longestMs() {
      return longestMs
    },
    sleep(ms) {
      slept += ms
    },
  }
}
