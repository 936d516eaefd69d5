import { onAbort } from '../../app/on-abort.js'
import type { ClientClock, Undo } from '../../time/clock.js'

/** Waits, in milliseconds, before a POST that failed on the way is repeated. */
const repeatsMs = [200, 1000, 3000]
/**
 * The answers of a proxy that does not reach the relay now, or of a relay that wants fewer
 * requests.
 */
export const passing: readonly number[] = [429, 502, 503, 504]
/** Characters of a proxy's page that stand in a reason. */
export const longestReason = 200

/** What a POST needs beside its content. */
export interface PostSettings {
  readonly clock: ClientClock
  readonly signal: AbortSignal
}

/**
 * POSTs frames, the same again if it fails on the way. Resolves when the relay has them; rejects
 * with why it has not.
 */
export async function postFrames(url: string, init: RequestInit, settings: PostSettings): Promise<void> {
  const { clock, signal } = settings
  for (const waitMs of [...repeatsMs, undefined]) {
    const failed = await tryPost(url, { ...init, method: 'POST', signal })
    if (!failed) return
    if (waitMs === undefined || signal.aborted || !failed.mayPass) throw failed.cause
    await wait(waitMs, clock, signal)
  }
}

/** Undefined once the relay has the frames, else why not. */
async function tryPost(url: string, init: RequestInit): Promise<{ cause: unknown; mayPass: boolean } | undefined> {
  try {
    const response = await fetch(url, init)
    const text = (await response.text()).trim()
    // A page that a proxy puts in its place is no success.
    if (response.status === 202) return undefined
    // A relay that does not know the session is not away: it has restarted, or is another one.
    const mayPass = passing.includes(response.status) && !text.startsWith('interrupted')
    return { cause: `${response.status} ${text.slice(0, longestReason)}`, mayPass }
  } catch (cause) {
    return { cause, mayPass: true }
  }
}

/** Resolves after so many milliseconds, or when the signal aborts. */
export async function wait(ms: number, clock: ClientClock, signal: AbortSignal): Promise<void> {
  const undos: Undo[] = []
  await new Promise<void>((resolve) => {
    undos.push(
      clock.after(ms, resolve),
      onAbort(signal, () => resolve()),
    )
  })
  for (const undo of undos) undo()
}
