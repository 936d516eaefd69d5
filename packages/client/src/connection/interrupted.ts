import { WildcastError } from '@wildcast/protocol/client'

/** What ends everything that is in flight. */
export function interrupted(message: string): WildcastError {
  return new WildcastError('interrupted', message)
}
