/** Undoes what the call that returned it did. */
type Undo = () => void

/** A hidden tab is given no frames. */
const hiddenFrameMs = 250

let due = new Set<() => void>()

/** Runs something once with the next frame that is painted, or soon where none is; everybody's together, so that React renders once for all. */
export function nextFrame(run: () => void): void {
  due.add(run)
  if (due.size > 1) return
  const beat = (): void => {
    cancelAnimationFrame(frame)
    stopTimer()
    const runs = due
    due = new Set()
    for (const run of runs) run()
  }
  const frame = requestAnimationFrame(beat)
  const stopTimer = after(hiddenFrameMs, beat)
}

/** Runs once after so many milliseconds. */
export function after(ms: number, run: () => void): Undo {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
