import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'

/**
 * Waits until every thread of a process has stopped, or it has ended: SIGSTOP stops them one after
 * the other.
 */
export async function untilStopped(pid: number): Promise<void> {
  while (!hasStopped(`/proc/${pid}/task`)) await turn()
}

/** Also true on systems without /proc, which can't be checked. */
function hasStopped(threads: string): boolean {
  try {
    return readdirSync(threads).every((thread) =>
      /^State:\s+[TZX]/m.test(readFileSync(`${threads}/${thread}/status`, 'utf8')),
    )
  } catch {
    // A thread may end meanwhile.
    return !existsSync(threads)
  }
}
