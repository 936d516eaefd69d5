import { WildcastError } from '@wildcast/protocol'
import { type Authenticator, openAuthenticator } from '../auth/authenticator.js'
import type { AuthenticateHook } from '../auth/hook.js'
import { reasonOf } from '../auth/refusals.js'
import type { Authorize } from '../core/access/access.js'
import type { Authenticate } from '../core/access/identity.js'
import { type Clock, realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'
import type { AuthConfig } from './config/config.js'
import { firstLine, loadExports } from './load-module.js'

/** How the clients of a relay are known, and what they may do. */
export interface Auth extends Pick<Authenticator, 'issueTicket'> {
  readonly authenticate: Authenticate
  readonly authorize: Authorize | undefined
  readonly explain: boolean
}

/**
 * Opens the authentication of a configuration. The log gets the reason of each refusal; the client
 * gets the same words for all.
 * @throws {TypeError} if the module can't be loaded, or exports neither hook
 */
export async function openAuth(config: AuthConfig, onError: OnFailure, clock: Clock = realClock): Promise<Auth> {
  const hooks = config.module === undefined ? {} : await hooksOf(config.module)
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

interface Hooks {
  readonly authenticate?: AuthenticateHook | undefined
  readonly authorize?: Authorize | undefined
}

async function hooksOf(module: string): Promise<Hooks> {
  const exports = await loadExports(module).catch((cause: unknown) => {
    throw new TypeError(`"module" in [auth] can't be loaded: ${firstLine(cause)}`, { cause })
  })
  const hooks = { authenticate: exports.authenticate, authorize: exports.authorize }
  for (const [name, hook] of Object.entries(hooks))
    if (hook !== undefined && typeof hook !== 'function')
      throw new TypeError(`"module" in [auth] exports "${name}", which is not a function`)
  if (!hooks.authenticate && !hooks.authorize)
    throw new TypeError('"module" in [auth] exports neither "authenticate" nor "authorize"; export one of them')
  return hooks as Hooks
}
