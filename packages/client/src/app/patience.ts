import { WildcastError } from '@wildcast/protocol/client'
import type { ClientClock, Undo } from '../time/clock.js'
import { openTimer } from '../time/timer.js'
import { checkNumber } from './number-option.js'
import { onAbort } from './on-abort.js'

/** How long a call waits. */
export interface Patience {
  /** Milliseconds; `Infinity` for no limit. */
  readonly timeoutMs?: number | undefined
  /** Cancels the call, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Begins a call, which settles by one of the functions. Returns the undo. */
export type Start<Value> = (resolve: (value: Value) => void, reject: (reason: unknown) => void) => Undo

/** The relay reports a timeout itself. If it doesn't within this time, the client does. */
const graceMs = 1_000

/**
 * Runs a call until it settles, its time is over, or the signal aborts. The last two undo it.
 * @throws {TypeError} by rejection, if `timeoutMs` isn't a number; `RangeError` if it is below 0
 */
export async function waitFor<Value>(
  clock: ClientClock,
  { timeoutMs = Infinity, signal }: Patience,
  start: Start<Value>,
): Promise<Value> {
  checkNumber('timeoutMs', timeoutMs, 'from 0')
  signal?.throwIfAborted()
  const timer = openTimer(clock)
  let stop: Undo | undefined
  try {
    return await new Promise<Value>((resolve, reject) => {
      const undo = start(resolve, reject)
      const giveUp = (reason: unknown): void => {
        undo()
        reject(reason)
      }
      if (timeoutMs < Infinity)
        timer.set(timeoutMs + graceMs, () => giveUp(new WildcastError('timeout', `no answer within ${timeoutMs} ms`)))
      stop = onAbort(signal, giveUp)
    })
  } finally {
    timer.stop()
    stop?.()
  }
}
