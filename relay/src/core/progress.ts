import type { Clock } from './clock.js'

/** Calls `stuck` once `progress()` has not changed for `ms`. Returns the undo. */
export function watchProgress(
  clock: Clock,
  { progress, ms, stuck }: { progress(): string; readonly ms: number; stuck(): void },
): () => void {
  let last = progress()
  let stop = clock.after(ms, check)
  function check(): void {
    const now = progress()
    if (now === last) {
      stuck()
      return
    }
    last = now
    stop = clock.after(ms, check)
  }
  return () => stop()
}
