/** Undoes what the call that returned it did. */
type Undo = () => void

/** Runs once: with the next frame that is painted, or soon where nothing is painted, as in a hidden tab. */
export function nextFrame(run: () => void): Undo {
  if (typeof requestAnimationFrame === 'undefined' || document.visibilityState === 'hidden')
    return after(hiddenFrameMs, run)
  // A tab that is hidden after the request gets no frame until it is shown again: then everything is painted at once.
  const frame = requestAnimationFrame(run)
  return () => cancelAnimationFrame(frame)
}

/** Runs once after so many milliseconds. */
export function after(ms: number, run: () => void): Undo {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

const hiddenFrameMs = 100
