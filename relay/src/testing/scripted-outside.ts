import type { ConfigEnvironment } from '../node/config/config-environment.js'

/**
 * The environment of a configuration: no variables, and every file and folder exists, empty, unless
 * a test overrides it.
 */
export function scriptedOutside(more: Partial<ConfigEnvironment> = {}): ConfigEnvironment {
  return { env: {}, resolve: (file) => file, readText: () => '', isFolder: () => true, isFile: () => true, ...more }
}
