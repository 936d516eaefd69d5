import { WildcastError } from '@wildcast/protocol'
import { type Authenticator, openAuthenticator } from '../auth/authenticator.js'
import type { AuthenticateHook } from '../auth/hook.js'
import { reasonOf } from '../auth/refusals.js'
import type { Authorize } from '../core/access/access.js'
import type { Authenticate } from '../core/access/identity.js'
import { realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'
import type { AuthConfig } from './config/config.js'
import { type Hooks, loadHooks } from './load-hooks.js'
import { type Modules, nodeModules } from './modules.js'
import { ModuleFault } from './thread/module-fault.js'

/** How the clients of a relay are known, and what they may do. */
export interface Auth extends Pick<Authenticator, 'issueTicket'> {
  readonly authenticate: Authenticate
  readonly authorize: Authorize | undefined
  readonly explain: boolean
  /**
   * Loads the module of the hooks again, if there is one. Returns whether there is.
   * @throws {ModuleFault} if it can't be used: the old hooks stay in use
   */
  reload(): Promise<boolean>
}

/**
 * Opens the authentication of a configuration. The log gets the reason of each refusal; the client
 * gets the same words for all.
 * @throws {ModuleFault} if the module can't be loaded, or exports neither hook
 */
export async function openAuth(config: AuthConfig, onError: OnFailure, modules: Modules = nodeModules): Promise<Auth> {
  const { module } = config
  let hooks: Hooks = module === undefined ? {} : await loadHooks(module, modules)
  const askAuthenticate: AuthenticateHook = (credentials) => hooks.authenticate?.(credentials)
  const askAuthorize: Authorize = (action, identity) => hooks.authorize?.(action, identity) ?? false
  const { authenticate, issueTicket } = openAuthenticator(config, {
    clock: realClock,
    authenticate: hooks.authenticate && askAuthenticate,
  })
  return {
    issueTicket,
    authorize: hooks.authorize && askAuthorize,
    explain: config.explain ?? false,
    async reload() {
      if (module === undefined) return false
      const loaded = await loadHooks(module, modules)
      for (const name of ['authenticate', 'authorize'] as const)
        if (!hooks[name] !== !loaded[name])
          throw new ModuleFault(module, `"module" in [auth] exports other hooks than before; restart`, undefined)
      hooks = loaded
      return true
    },
    authenticate: (credentials) =>
      authenticate(credentials).catch((cause: unknown) => {
        const error = WildcastError.from(cause)
        onError(new WildcastError(error.code as 'unauthorized', reasonOf(error)), { stage: 'authenticate' })
        throw error
      }),
  }
}
