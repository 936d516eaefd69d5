/** Reverts the call that returned it. */
type Undo = () => void

/** Time after which callbacks run without a frame: a hidden tab gets none. */
const hiddenFrameMs = 250

let due = new Set<() => void>()
/** The function from which the pending frame was requested; undefined if no frame is pending. */
let source: typeof requestAnimationFrame | undefined

/**
 * Calls `run` once, with the next frame, or after 250 ms if no frame is painted. All callbacks of a
 * frame run together, so that React renders once for all.
 */
export function nextFrame(run: () => void): void {
  due.add(run)
  // A test may have installed or removed fake timers since: timers of a removed clock never fire.
  if (source === requestAnimationFrame) return
  source = requestAnimationFrame
  const runs = due
  const runAll = (): void => {
    if (due !== runs) return // the other timer fired first
    if (source === requestAnimationFrame) cancelAnimationFrame(frame)
    due = new Set()
    source = undefined
    for (const run of runs) run()
  }
  const frame = requestAnimationFrame(runAll)
  // Not `setTimeout`: fake timers stop that, too, and drop its timers when they are removed.
  AbortSignal.timeout?.(hiddenFrameMs).addEventListener('abort', runAll)
}

/** Calls `run` once after `ms` milliseconds. */
export function after(ms: number, run: () => void): Undo {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/**
 * Calls `run` after the current synchronous code. Not `queueMicrotask`, which fake timers may stop.
 */
export function defer(run: () => void): void {
  void Promise.resolve().then(run)
}
