import type { Undo } from '../time/clock.js'

/** Hears of an abort, with its reason. Returns the undo. */
export function onAbort(signal: AbortSignal | undefined, run: (reason: unknown) => void): Undo {
  const abort = (): void => run(signal?.reason)
  signal?.addEventListener('abort', abort)
  return () => signal?.removeEventListener('abort', abort)
}
