/** The time after which no frame is to be expected: a hidden page paints none. */
const hiddenFrameMs = 250

/**
 * Resolves after the next animation frame, in which the hooks render. Under fake timers, and in a
 * hidden page, it resolves later, as the hooks render later.
 */
export function nextPaint(): Promise<void> {
  return new Promise((resolve) => {
    globalThis.requestAnimationFrame?.(() => resolve())
    AbortSignal.timeout?.(hiddenFrameMs).addEventListener('abort', () => resolve())
  })
}
