import type { Clock } from '../../core/clock.js'

/** Lets so many at a time through, in the order in which they came. */
export interface ReceiveWindow {
  /** Runs now, or once others have left; or `late`, where that took too long. */
  enter(run: () => void, late: () => void): void
  leave(): void
}

interface Waiting {
  readonly since: number
  run(): void
  late(): void
}

/** Who waits longer has been told that it failed, and may have tried again. */
const patienceMs = 10_000

export function window(places: number, clock: Clock): ReceiveWindow {
  const waiting = new Set<Waiting>()
  let inside = 0

  /** Who came first and has waited too long makes room for the others. */
  function sendLateAway(): void {
    for (const one of waiting) {
      if (clock.now() - one.since < patienceMs) return
      waiting.delete(one)
      one.late()
    }
  }

  return {
    enter(run, late) {
      sendLateAway()
      if (inside >= places) {
        waiting.add({ since: clock.now(), run, late })
        return
      }
      inside++
      run()
    },
    leave() {
      sendLateAway()
      const [first] = waiting
      if (!first) {
        inside--
        return
      }
      waiting.delete(first)
      first.run()
    },
  }
}
