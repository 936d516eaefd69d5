import type { Clock } from '../core/clock.js'

/** The failure of a request takes some 15 microseconds, with all its consequences. */
const mostPerTurn = 200

/**
 * Returns a runner of functions. It runs them at once up to a limit per turn of the event loop, and
 * the others in later turns, in order.
 */
export function limitPerTurn({ endOfTurn }: Pick<Clock, 'endOfTurn'>): (run: () => void) => void {
  let waiting: (() => void)[] = []
  let ran = 0
  let isScheduled = false

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    endOfTurn(() => {
      isScheduled = false
      ran = 0
      const due = waiting.slice(0, mostPerTurn)
      waiting = waiting.slice(mostPerTurn)
      for (const run of due) start(run)
      if (waiting.length > 0) schedule()
    })
  }

  function start(run: () => void): void {
    ran++
    schedule()
    run()
  }

  return (run) => {
    if (ran < mostPerTurn && waiting.length === 0) start(run)
    else {
      waiting.push(run)
      schedule()
    }
  }
}
