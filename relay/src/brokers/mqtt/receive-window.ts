import type { Clock } from '../../core/clock.js'

/** Limits the number of concurrent operations. The others wait, in order. */
export interface ReceiveWindow {
  /** Calls `run` at once or when others have left, or `late` after a wait that took too long. */
  enter(run: () => void, late: () => void): void
  leave(): void
}

interface Waiting {
  readonly since: number
  run(): void
  late(): void
}

/** The longest wait. A publish that waits longer has timed out, and may have been repeated. */
const longestWaitMs = 10_000

export function receiveWindow(size: number, clock: Clock): ReceiveWindow {
  const waiting = new Set<Waiting>()
  let running = 0

  /** Ends the waits that took too long. The oldest comes first. */
  function endLateWaits(): void {
    for (const one of waiting) {
      if (clock.now() - one.since < longestWaitMs) return
      waiting.delete(one)
      one.late()
    }
  }

  return {
    enter(run, late) {
      endLateWaits()
      if (running >= size) {
        waiting.add({ since: clock.now(), run, late })
        return
      }
      running++
      run()
    },
    leave() {
      endLateWaits()
      const [first] = waiting
      if (!first) {
        running--
        return
      }
      waiting.delete(first)
      first.run()
    },
  }
}
