/** Runs what is asked for inside a run after that run. */
export function turns(): (run: () => void) => void {
  const queued: (() => void)[] = []
  return (run) => {
    if (queued.push(run) > 1) return
    try {
      for (let i = 0; i < queued.length; i++) queued[i]?.()
    } finally {
      queued.length = 0
    }
  }
}
