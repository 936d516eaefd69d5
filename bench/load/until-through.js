const checkMs = 500
const checksUntilStalled = 40

/**
 * Takes turns when something has arrived, and at each beat. Resolves when a turn says that all is
 * through, or when nothing has moved for twenty seconds.
 * @param {object} course
 * @param {() => boolean} course.turn
 * @param {(turn: () => void) => void} course.onTurn Is given what is to be called when something
 * has arrived.
 * @param {() => number} course.moved How much has arrived.
 * @param {number} [course.beatMs]
 * @returns {Promise<void>}
 */
export function untilThrough({ turn, onTurn, moved, beatMs = checkMs }) {
  return new Promise((resolve) => {
    let wanted = false
    let over = false
    let last = -1
    let still = 0
    const take = () => {
      wanted = false
      if (!over && turn()) end()
    }
    const beat = setInterval(take, beatMs)
    const checks = setInterval(() => {
      still = moved() === last ? still + 1 : 0
      last = moved()
      if (still === checksUntilStalled) end()
    }, checkMs)

    function end() {
      over = true
      clearInterval(beat)
      clearInterval(checks)
      onTurn(() => {})
      resolve()
    }
    // Once for all that is read in a turn of the event loop, as servers do.
    onTurn(() => {
      if (!wanted) setImmediate(take)
      wanted = true
    })
    take()
  })
}
