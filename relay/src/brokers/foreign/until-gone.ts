import type { CancelSignal } from '../../core/cancel.js'

/**
 * What `wait` begins and can stop, unless nobody wants it any more before it is there: then the
 * reason for that.
 */
export function untilGone<Value>(
  gone: CancelSignal | undefined,
  wait: (resolve: (value: Value) => void, reject: (cause: unknown) => void) => () => void,
): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    gone?.throwIfAborted()
    const leave = (): void => {
      stop()
      reject(gone?.reason)
    }
    const over = <Result>(settle: (result: Result) => void) => {
      return (result: Result): void => {
        gone?.removeEventListener('abort', leave)
        settle(result)
      }
    }
    gone?.addEventListener('abort', leave)
    const stop = wait(over(resolve), over(reject))
  })
}
