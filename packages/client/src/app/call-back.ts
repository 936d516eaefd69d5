/** Calls a callback of the app and reports what it throws or rejects with. */
export type Call = <Value>(callback: ((value: Value) => unknown) | undefined, value: Value) => void

/**
 * Calls a callback of the app. Passes to `fail` what it throws, or what its promise rejects with.
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
