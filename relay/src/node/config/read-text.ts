import type { ConfigEnvironment } from './config-environment.js'

export type ReadText = ConfigEnvironment['readText']

/** Returns why a file that a value names could not be read. */
export function fileFault(cause: unknown): string {
  const { code = 'unknown cause' } = cause as NodeJS.ErrnoException
  return code === 'ENOENT'
    ? '{it} names a file that does not exist; create it or correct the path'
    : `{it} names a file that can't be read (${code}); correct the path or the permissions`
}
