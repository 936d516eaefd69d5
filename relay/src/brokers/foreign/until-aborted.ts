import type { CancelSignal } from '../../core/cancel.js'

/**
 * Resolves or rejects like the operation that `start` begins. If the signal is aborted first, stops
 * the operation and rejects with the signal's reason.
 */
export function untilAborted<Value>(
  signal: CancelSignal | undefined,
  start: (resolve: (value: Value) => void, reject: (cause: unknown) => void) => () => void,
): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = (): void => {
      stop()
      reject(signal?.reason)
    }
    const settleWith = <Result>(settle: (result: Result) => void) => {
      return (result: Result): void => {
        signal?.removeEventListener('abort', abort)
        settle(result)
      }
    }
    signal?.addEventListener('abort', abort)
    const stop = start(settleWith(resolve), settleWith(reject))
  })
}
