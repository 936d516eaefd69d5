import type { Client } from '../client.js'

/**
 * Calls a callback of the application. If it throws, or rejects later, the client's `onError` gets
 * the error.
 */
export function notify<Value>(client: Client, callback: (value: Value) => unknown, value: Value): void {
  try {
    const returned = callback(value) as PromiseLike<unknown> | null | undefined
    returned?.then?.(undefined, client.report)
  } catch (cause) {
    client.report(cause)
  }
}
