import { WildcastError } from '@wildcast/protocol'
import { type Authenticator, openAuthenticator } from '../auth/authenticator.js'
import { reasonOf } from '../auth/refusals.js'
import type { Authorize } from '../core/access/access.js'
import type { Authenticate } from '../core/access/identity.js'
import { type Clock, realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'
import type { AuthConfig } from './config/config.js'
import { loadHooks } from './load-hooks.js'

/** How the clients of a relay are known, and what they may do. */
export interface Auth extends Pick<Authenticator, 'issueTicket'> {
  readonly authenticate: Authenticate
  readonly authorize: Authorize | undefined
  readonly explain: boolean
}

/**
 * Opens the authentication of a configuration. The log gets the reason of each refusal; the client
 * gets the same words for all.
 * @throws {ModuleFault} if the module can't be loaded, or exports neither hook
 */
export async function openAuth(config: AuthConfig, onError: OnFailure, clock: Clock = realClock): Promise<Auth> {
  const hooks = config.module === undefined ? {} : await loadHooks(config.module)
  const { authenticate, issueTicket } = openAuthenticator(config, { clock, authenticate: hooks.authenticate })
  return {
    issueTicket,
    authorize: hooks.authorize,
    explain: config.explain ?? false,
    authenticate: (credentials) =>
      authenticate(credentials).catch((cause: unknown) => {
        const error = WildcastError.from(cause)
        onError(new WildcastError(error.code as 'unauthorized', reasonOf(error)), { stage: 'authenticate' })
        throw error
      }),
  }
}
