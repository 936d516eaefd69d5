import { openAlarm } from './alarm.js'
import type { Clock } from './clock.js'

/** How long somebody waits. */
export interface Patience {
  /** Starts the wait anew. */
  renew(): void
  /** Waits no more. */
  end(): void
}

/** Waits until the time is over or the signal says so, whichever is first, then gives up with the reason. */
export function openPatience(
  { clock, ms, signal }: { readonly clock: Clock; readonly ms: number; readonly signal: AbortSignal | undefined },
  giveUp: (reason: 'timeout' | { readonly aborted: unknown }) => void,
): Patience {
  const alarm = openAlarm(clock)
  const end = (): void => {
    alarm.stop()
    signal?.removeEventListener('abort', abort)
  }
  const abort = (): void => {
    end()
    giveUp({ aborted: signal?.reason })
  }
  const renew = (): void => {
    alarm.set(ms, () => {
      end()
      giveUp('timeout')
    })
  }
  signal?.addEventListener('abort', abort)
  renew()
  return { renew, end }
}
