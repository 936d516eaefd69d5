const checkMs = 500
const checksUntilStalled = 40

/**
 * Runs a turn after arrivals and at each tick. Resolves when a turn returns true, or when nothing
 * has arrived for twenty seconds.
 * @param {object} course
 * @param {() => boolean} course.turn Returns whether all is complete.
 * @param {(turn: () => void) => void} course.onTurn Registers a function to call after arrivals.
 * @param {() => number} course.arrived The count of arrivals.
 * @param {number} [course.tickMs]
 * @returns {Promise<void>}
 */
export function untilComplete({ turn, onTurn, arrived, tickMs = checkMs }) {
  return new Promise((resolve) => {
    let scheduled = false
    let over = false
    let seen = -1
    let unchanged = 0
    const runTurn = () => {
      scheduled = false
      if (!over && turn()) end()
    }
    const ticks = setInterval(runTurn, tickMs)
    const checks = setInterval(() => {
      unchanged = arrived() === seen ? unchanged + 1 : 0
      seen = arrived()
      if (unchanged === checksUntilStalled) end()
    }, checkMs)

    function end() {
      over = true
      clearInterval(ticks)
      clearInterval(checks)
      onTurn(() => {})
      resolve()
    }
    // Once for all reads of a turn of the event loop, as servers do.
    onTurn(() => {
      if (!scheduled) setImmediate(runTurn)
      scheduled = true
    })
    runTurn()
  })
}
