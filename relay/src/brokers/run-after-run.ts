/** Returns a runner of functions. A call from inside a run is queued until that run has ended. */
export function runAfterRun(): (run: () => void) => void {
  const waiting: (() => void)[] = []
  let busy = false
  return (run) => {
    if (busy) {
      waiting.push(run)
      return
    }
    busy = true
    try {
      run()
      for (let i = 0; i < waiting.length; i++) waiting[i]?.()
    } finally {
      if (waiting.length > 0) waiting.length = 0 // an assignment takes longer than all the rest
      busy = false
    }
  }
}
