import type { ConfigEnvironment } from '../node/config/config-environment.js'

/**
 * What a configuration may refer to: nothing in the environment, and every file and folder, all
 * empty, unless a test says otherwise.
 */
export function scriptedOutside(more: Partial<ConfigEnvironment> = {}): ConfigEnvironment {
  return { env: {}, resolve: (file) => file, readText: () => '', isFolder: () => true, isFile: () => true, ...more }
}
