interface Job {
  readonly everyMs: number
  readonly run: () => void
  dueAt: number
}

const jobs = new Set<Job>()
let isRunning = false

/**
 * Runs a job again and again, within frames. A frame runs one job, the one that has been due for
 * longest, so that no frame does the work of all charts. Returns the undo.
 */
export function everyMs(everyMs: number, run: () => void): () => void {
  const job = { everyMs, run, dueAt: 0 }
  jobs.add(job)
  if (!isRunning) requestAnimationFrame(runOne)
  isRunning = true
  return () => jobs.delete(job)
}

function runOne(now: number): void {
  isRunning = jobs.size > 0
  if (isRunning) requestAnimationFrame(runOne)
  let next: Job | undefined
  for (const job of jobs) if (job.dueAt <= now && job.dueAt < (next?.dueAt ?? Number.POSITIVE_INFINITY)) next = job
  if (!next) return
  next.dueAt = now + next.everyMs
  next.run()
}
