import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'

/**
 * Waits until every thread of a process stands still, or it has ended: SIGSTOP alone reaches them
 * one after the other.
 */
export async function untilStopped(pid: number): Promise<void> {
  while (!hasStopped(`/proc/${pid}/task`)) await turn()
}

/** True also on systems without /proc, which don't tell. */
function hasStopped(threads: string): boolean {
  try {
    return readdirSync(threads).every((thread) =>
      /^State:\s+[TZX]/m.test(readFileSync(`${threads}/${thread}/status`, 'utf8')),
    )
  } catch {
    // A thread may end while one looks.
    return !existsSync(threads)
  }
}
