import type { AuthenticateHook } from '../auth/hook.js'
import type { Authorize } from '../core/access/access.js'
import { firstLine, MissingJiti } from './load-module.js'
import { type Modules, nodeModules } from './modules.js'
import { placeOfLoadError } from './place-of-error.js'
import { ModuleFault } from './thread/module-fault.js'

/** The hooks of the module that `[auth] module` names. At least one is there. */
export interface Hooks {
  readonly authenticate?: AuthenticateHook | undefined
  readonly authorize?: Authorize | undefined
}

/**
 * Loads the hooks of a module; each call loads it again.
 * @param module - an absolute path
 * @throws {ModuleFault} if it can't be loaded, or exports neither hook
 */
export async function loadHooks(module: string, { load }: Modules = nodeModules): Promise<Hooks> {
  const exports = await load(module).catch((cause: unknown) => {
    const place = cause instanceof MissingJiti ? undefined : placeOfLoadError(cause, module)
    throw new ModuleFault(module, `"module" in [auth] can't be loaded: ${firstLine(cause)}`, place)
  })
  const hooks = { authenticate: exports.authenticate, authorize: exports.authorize }
  for (const [name, hook] of Object.entries(hooks))
    if (hook !== undefined && typeof hook !== 'function')
      throw new ModuleFault(module, `"module" in [auth] exports "${name}", which is not a function`, undefined)
  if (!hooks.authenticate && !hooks.authorize)
    throw new ModuleFault(
      module,
      '"module" in [auth] exports neither "authenticate" nor "authorize"; export one of them',
      undefined,
    )
  return hooks as Hooks
}
