import { WildcastError } from '@wildcast/protocol'

/** Returns the error of a command that the permissions of the relay's user forbid. */
export function forbiddenByServer(what: string, cause?: unknown): WildcastError {
  return new WildcastError(
    'forbidden',
    `the relay may not ${what} at the NATS server; look at the permissions of its user`,
    { cause },
  )
}
