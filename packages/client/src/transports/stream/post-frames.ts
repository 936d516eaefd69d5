import { onAbort } from '../../app/on-abort.js'
import type { ClientClock, Undo } from '../../time/clock.js'

/** The waits before each retry of a POST, in milliseconds. */
const repeatsMs = [200, 1000, 3000]
/**
 * Statuses to retry after: of a proxy that can't reach the relay, or of a relay that limits
 * requests.
 */
export const passing: readonly number[] = [429, 502, 503, 504]
/** How many characters of a proxy's page are included in a reason. */
export const longestReason = 200

/** The clock and the abort signal of a POST. */
export interface PostSettings {
  readonly clock: ClientClock
  readonly signal: AbortSignal
}

/**
 * POSTs frames, and retries unchanged after a temporary failure. Resolves when the relay has them;
 * rejects with the reason of the failure.
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

/** Resolves with undefined if the relay has the frames, else with the failure. */
async function tryPost(url: string, init: RequestInit): Promise<{ cause: unknown; mayPass: boolean } | undefined> {
  try {
    const response = await fetch(url, init)
    const text = (await response.text()).trim()
    // Only 202 is a success: a proxy may answer 200 with a page.
    if (response.status === 202) return undefined
    // `interrupted` is from a relay without the session: it has restarted, or is another one.
    const mayPass = passing.includes(response.status) && !text.startsWith('interrupted')
    return { cause: `${response.status} ${text.slice(0, longestReason)}`, mayPass }
  } catch (cause) {
    return { cause, mayPass: true }
  }
}

/** Resolves after `ms` milliseconds, or when the signal aborts. */
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
