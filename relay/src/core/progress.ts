import type { Clock } from './clock.js'

/** Calls back once if something has stayed the same for so long. Returns the undo. */
export function watchProgress(
  clock: Clock,
  { progress, ms, stuck }: { progress(): string; readonly ms: number; stuck(): void },
): () => void {
  let last = progress()
  let stop = clock.after(ms, look)
  function look(): void {
    const now = progress()
    if (now === last) {
      stuck()
      return
    }
    last = now
    stop = clock.after(ms, look)
  }
  return () => stop()
}
