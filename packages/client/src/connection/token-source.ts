import type { ClientClock } from '../time/clock.js'

/**
 * Why the client needs a token. `connect`: it connects. `expiring`: the session ends soon unless a
 * newer token is sent. `refused`: the relay has refused the last one, which is of no further use.
 */
export type TokenReason = 'connect' | 'expiring' | 'refused'

/** Returns a token that is valid now. */
export type TokenFunction = (request: { readonly reason: TokenReason }) => string | Promise<string>

/** The source of a client's tokens. */
export interface TokenSource {
  /** Undefined for a client without tokens; a `string` is always the same. */
  readonly kind: 'undefined' | 'string' | 'function'
  /** Resolves with the token. Calls that overlap share one. */
  get(reason: TokenReason): Promise<string | undefined>
}

/** How long a call for a token is shared, in milliseconds: then it may never return. */
const sharedMs = 10_000

/** Creates the source of the `token` option. */
export function openTokens(token: string | TokenFunction | undefined, clock: ClientClock): TokenSource {
  let shared: Promise<string | undefined> | undefined
  let sharedReason: TokenReason
  let since = 0

  const call = async (reason: TokenReason, earlier: typeof shared): Promise<string | undefined> => {
    await earlier?.catch(() => {})
    const given = typeof token === 'function' ? await token({ reason }) : token
    // Without a token, the client would be anonymous without notice.
    if (token !== undefined && typeof given !== 'string') throw new TypeError(`the token is ${given}: return a string`)
    return given
  }
  return {
    kind: typeof token as TokenSource['kind'],
    get(reason) {
      const isLate = Math.abs(clock.now() - since) >= sharedMs
      // A call for another reason may return the token that was refused.
      if (shared && !isLate && (reason !== 'refused' || reason === sharedReason)) return shared
      since = clock.now()
      sharedReason = reason
      const own = call(reason, isLate ? undefined : shared).finally(() => {
        if (shared === own) shared = undefined
      })
      shared = own
      return own
    },
  }
}
