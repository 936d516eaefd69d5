import { isDeepStrictEqual } from 'node:util'
import type { Components } from '../components/open-components.js'
import { changes } from './changes.js'
import type { Config } from './config/config.js'
import type { Auth } from './open-auth.js'
import type { OpenedContract } from './open-contract.js'
import type { NamespaceReloads } from './reload-namespaces.js'

/** The parts of a relay that can be reloaded while they run. */
export interface Reloadable {
  readonly components: Pick<Components, 'reload'>
  readonly auth: Pick<Auth, 'reload'> | undefined
  readonly contract: Pick<OpenedContract, 'reload'> | undefined
  /** @default namespaces need a restart, too */
  readonly namespaces?: NamespaceReloads | undefined
}

/**
 * Reloads what a relay can reload while it runs: the modules of components, hooks and contract, and
 * the namespaces. (It reads certificates of brokers at each connection anyway.) Returns what was
 * done, and what needs a restart.
 * @throws {WildcastError} `internal` if a module can't be loaded: the old one stays in use
 */
export async function reloadInPlace(
  before: Config,
  now: Config,
  { components, auth, contract, namespaces }: Reloadable,
): Promise<readonly string[]> {
  const same = before.components.filter((one) => now.components.some((other) => isDeepStrictEqual(one, other)))
  await Promise.all(same.map(({ id }) => components.reload(id)))
  const hooks = isDeepStrictEqual(before.auth, now.auth) && (await auth?.reload())
  const isContract = contract !== undefined && isDeepStrictEqual(before.contract, now.contract)
  if (isContract) await contract.reload()
  const { config: running, lines } = (await namespaces?.change(now)) ?? { config: before, lines: [] }
  const restart = changes(running, now)
  const done = [
    ...lines,
    ...same.map(({ id }) => `component "${id}" is loaded again`),
    ...(hooks ? ['the hooks of [auth] are loaded again'] : []),
    ...(isContract ? ['the contract is loaded again'] : []),
  ]
  if (restart.length === 0) return done
  return [...done, `${done.length === 0 ? 'nothing was applied: ' : ''}restart to change ${restart.join(', ')}`]
}
