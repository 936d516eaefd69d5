/** Calls a callback of the app; what it throws, or rejects with, is reported. */
export type Call = <Value>(callback: ((value: Value) => unknown) | undefined, value: Value) => void

/**
 * Calls a callback of the app. `fail` gets what it throws, and what the promise that it returns
 * rejects with.
 */
export function callBack<Value>(
  callback: ((value: Value) => unknown) | undefined,
  value: Value,
  fail: (cause: unknown) => void,
): void {
  try {
    const result = callback?.(value)
    if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') Promise.resolve(result).catch(fail)
  } catch (cause) {
    fail(cause)
  }
}
