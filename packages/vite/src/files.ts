import { existsSync, realpathSync } from 'node:fs'
import { normalizePath } from 'vite'

/** Whether a file is among others, which Vite names by their real paths if it has loaded them. */
export function has(files: ReadonlySet<string>, file: string): boolean {
  return files.has(normalizePath(file)) || (existsSync(file) && files.has(normalizePath(realpathSync(file))))
}
