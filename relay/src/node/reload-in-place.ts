import { isDeepStrictEqual } from 'node:util'
import type { Components } from '../components/open-components.js'
import { changes } from './changes.js'
import type { Config } from './config/config.js'

/**
 * Loads again what a relay can load while it runs: the modules of components. Certificates of
 * brokers are read at each connection anyway. Returns what was done, and what needs a restart.
 * @throws {WildcastError} `internal` if a module can't be loaded: the old one goes on
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
