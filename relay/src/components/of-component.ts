import { type ErrorCode, WildcastError } from '@wildcast/protocol'

/** Prefixes an error's message with the component's id. */
export function ofComponent(id: string, cause: unknown): WildcastError {
  const { code, message } = WildcastError.from(cause)
  return new WildcastError(code as ErrorCode, `component "${id}": ${message}`, { cause })
}
