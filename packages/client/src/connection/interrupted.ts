import { WildcastError } from '@wildcast/protocol/client'

/** Creates the error of calls in flight when a session or client ends. */
export function interrupted(message: string): WildcastError {
  return new WildcastError('interrupted', message)
}
