/** Undoes what the call that returned it did. */
type Undo = () => void

/** A hidden tab is given no frames. */
const hiddenFrameMs = 250

let due = new Set<() => void>()
/** What the pending frame was requested from; undefined if none is pending. */
let source: typeof requestAnimationFrame | undefined

/**
 * Calls `run` once, with the next frame, or after 250 ms if no frame is painted. All calls of a
 * frame run together, so that React renders once for all.
 */
export function nextFrame(run: () => void): void {
  due.add(run)
  // A test may have installed or removed fake timers meanwhile: those that are gone never ring.
  if (source === requestAnimationFrame) return
  source = requestAnimationFrame
  const runs = due
  const beat = (): void => {
    if (due !== runs) return // the other of the two was earlier
    if (source === requestAnimationFrame) cancelAnimationFrame(frame)
    due = new Set()
    source = undefined
    for (const run of runs) run()
  }
  const frame = requestAnimationFrame(beat)
  // Not `setTimeout`, since fake timers stop that, too, and take it with them when they are
  // removed.
  AbortSignal.timeout?.(hiddenFrameMs).addEventListener('abort', beat)
}

/** Runs once after so many milliseconds. */
export function after(ms: number, run: () => void): Undo {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** Runs after everything that runs now. Not `queueMicrotask`, which fake timers may stop. */
export function soon(run: () => void): void {
  void Promise.resolve().then(run)
}
