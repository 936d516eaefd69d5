import type { Clock } from '../core/clock.js'

/** With all that follows from it, the failure of a request takes some 15 microseconds. */
const mostInTurn = 200

/**
 * Returns a function that runs what it is given: a bounded number in one turn of the event loop, at
 * once, and the others in later turns, in their order.
 */
export function fewInTurn({ endOfTurn }: Pick<Clock, 'endOfTurn'>): (run: () => void) => void {
  let waiting: (() => void)[] = []
  let ran = 0
  let awaited = false

  function awaitEnd(): void {
    if (awaited) return
    awaited = true
    endOfTurn(() => {
      awaited = false
      ran = 0
      const due = waiting.slice(0, mostInTurn)
      waiting = waiting.slice(mostInTurn)
      for (const run of due) begin(run)
      if (waiting.length > 0) awaitEnd()
    })
  }

  function begin(run: () => void): void {
    ran++
    awaitEnd()
    run()
  }

  return (run) => {
    if (ran < mostInTurn && waiting.length === 0) begin(run)
    else {
      waiting.push(run)
      awaitEnd()
    }
  }
}
