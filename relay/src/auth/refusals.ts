import { refusal, type WildcastError } from '@wildcast/protocol'

/**
 * A client could not prove who it is. The client is given the same words whatever the reason; the
 * reason is the cause, for the log.
 */
export function unauthorized(reason: string): WildcastError {
  return refusal('unauthorized', 'these credentials are not valid; sign in again', { cause: new Refused(reason) })
}

/** The token of a client was valid once. */
export function expiredToken(): WildcastError {
  return refusal('token_expired', 'the token has expired; sign in again', {
    cause: new Refused('the token has expired'),
  })
}

/**
 * A service that credentials are checked with has failed. The client is denied, and comes back
 * later; only the log states which service it was.
 */
export function unavailable(reason: string): WildcastError {
  return refusal('internal', 'credentials can not be checked now; try again later', { cause: new Refused(reason) })
}

/** Why credentials were refused, for the log. It has no stack and holds no secret. */
class Refused extends Error {
  override readonly name = 'Refused'

  constructor(reason: string) {
    super(reason)
    this.stack = `Refused: ${reason}`
  }
}

/** Why an error refuses credentials, for the log. */
export function reasonOf(error: WildcastError): string {
  return error.cause instanceof Error ? error.cause.message : error.message
}
