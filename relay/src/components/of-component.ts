import { type ErrorCode, WildcastError } from '@wildcast/protocol'

/** An error with the component's id before its words. */
export function ofComponent(id: string, cause: unknown): WildcastError {
  const { code, message } = WildcastError.from(cause)
  return new WildcastError(code as ErrorCode, `component "${id}": ${message}`, { cause })
}
