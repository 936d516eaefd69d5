/** Undoes what the call that returned it did. */
type Undo = () => void

/** A hidden tab is given no frames. */
const hiddenFrameMs = 250

/** Runs once: with the next frame that is painted, or soon where none is. */
export function nextFrame(run: () => void): Undo {
  const once = (): void => {
    cancel()
    run()
  }
  const frame = requestAnimationFrame(once)
  const stopTimer = after(hiddenFrameMs, once)
  const cancel = (): void => {
    cancelAnimationFrame(frame)
    stopTimer()
  }
  return cancel
}

/** Runs once after so many milliseconds. */
export function after(ms: number, run: () => void): Undo {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
