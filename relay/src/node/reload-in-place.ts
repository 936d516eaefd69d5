import { isDeepStrictEqual } from 'node:util'
import type { Components } from '../components/open-components.js'
import { changes } from './changes.js'
import type { Config } from './config/config.js'

/**
 * Reloads what a relay can reload while it runs: the modules of components. (It reads certificates
 * of brokers at each connection anyway.) Returns what was done, and what needs a restart.
 * @throws {WildcastError} `internal` if a module can't be loaded: the old one stays in use
 */
export async function reloadInPlace(
  before: Config,
  now: Config,
  running: Pick<Components, 'reload'>,
): Promise<readonly string[]> {
  const same = before.components.filter((one) => now.components.some((other) => isDeepStrictEqual(one, other)))
  await Promise.all(same.map(({ id }) => running.reload(id)))
  const restart = changes(before, now)
  return [
    ...same.map(({ id }) => `component "${id}" is loaded again`),
    ...(restart.length === 0 ? [] : [`restart to change ${restart.join(', ')}`]),
  ]
}
