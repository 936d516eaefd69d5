import { firstLine, loadModule, MissingJiti } from '../../load-module.js'
import { ConfigError } from '../config-error.js'
import type { Source } from './source.js'

/**
 * Loads a module whose default export is a configuration.
 * @param canStripTypes whether this Node runs TypeScript by itself
 * @throws {ConfigError} if it can't be loaded
 */
export async function moduleSource(absolute: string, file: string, canStripTypes?: boolean): Promise<Source> {
  const value = await loadModule(absolute, canStripTypes).catch((cause: unknown) => {
    const why = cause instanceof MissingJiti ? cause.message : `this module could not be loaded: ${firstLine(cause)}`
    throw new ConfigError([{ file, message: why }])
  })
  if (value === undefined)
    throw new ConfigError([{ file, message: 'this module has no default export; write export default { … }' }])
  return { value, faults: [], lineOf: () => undefined }
}
