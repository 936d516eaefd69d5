/** Runs what is asked for inside a run after that run. */
export function turns(): (run: () => void) => void {
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
      if (waiting.length > 0) waiting.length = 0 // which takes longer than all the rest
      busy = false
    }
  }
}
