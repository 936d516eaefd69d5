import type { Outside } from '../node/config/outside.js'

/**
 * What a configuration may refer to: nothing in the environment, and every file and folder, all
 * empty, unless a test says otherwise.
 */
export function scriptedOutside(more: Partial<Outside> = {}): Outside {
  return { env: {}, resolve: (file) => file, readText: () => '', isFolder: () => true, isFile: () => true, ...more }
}
