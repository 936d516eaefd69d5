import { WildcastError } from '@wildcast/protocol'
import { realClock } from '../core/clock.js'
import type { OnFailure } from '../core/outlet.js'
import type { Config } from './config/config.js'
import type { Reloadable } from './reload-in-place.js'
import { watchSources } from './watch-sources.js'

/**
 * Loads the components, hooks and contract again whose module has changed. One that can't be loaded
 * is reported to `onError`, and the old one stays in use.
 * @returns the modules that can't be loaded
 */
export type ReloadModules = (
  isChanged: (source: string) => boolean,
  print: (line: string) => void,
) => Promise<readonly string[]>

/** Reloads the modules of a configuration that runs. */
export function reloadOf(
  { components, auth, contract }: Config,
  running: Reloadable,
  onError: OnFailure,
): ReloadModules {
  const parts = [
    ...components.map(({ id, source, broker }) => ({
      source,
      at: { stage: 'component', broker },
      name: `component "${id}" is`,
      reload: () => running.components.reload(id),
    })),
    ...(auth?.module === undefined
      ? []
      : [
          {
            source: auth.module,
            at: { stage: 'authenticate' },
            name: 'the hooks of [auth] are',
            reload: async () => void (await running.auth?.reload()),
          },
        ]),
    ...(contract
      ? [
          {
            source: contract.file,
            at: { stage: 'contract' },
            name: 'the contract is',
            reload: async () => void (await running.contract?.reload()),
          },
        ]
      : []),
  ]
  return async (isChanged, print) => {
    const failed = new Set<string>()
    const reloads = parts.map(async ({ source, at, name, reload }) => {
      if (!isChanged(source)) return
      try {
        await reload()
        print(`${name} loaded again`)
      } catch (cause) {
        failed.add(source)
        onError(WildcastError.from(cause), at)
      }
    })
    await Promise.all(reloads)
    return [...failed]
  }
}

/** Reloads components and the contract when their files change. Returns the undo. */
export function reloadOnChange({ components, contract }: Config, reloadModules: ReloadModules): () => void {
  const sources = [...new Set([...components.map(({ source }) => source), ...(contract ? [contract.file] : [])])]
  const print = (line: string): void => void process.stderr.write(`${line}\n`)
  return watchSources(sources, realClock, (changed) => void reloadModules((source) => source === changed, print))
}
