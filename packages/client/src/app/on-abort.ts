import type { Undo } from '../time/clock.js'

/** Calls `run` with the reason when the signal aborts. Returns the undo. */
export function onAbort(signal: AbortSignal | undefined, run: (reason: unknown) => void): Undo {
  const abort = (): void => run(signal?.reason)
  signal?.addEventListener('abort', abort)
  return () => signal?.removeEventListener('abort', abort)
}
