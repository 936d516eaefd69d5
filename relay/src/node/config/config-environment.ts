import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** The files and variables that a configuration may refer to. */
export interface ConfigEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Makes a path absolute. */
  resolve(file: string): string
  /** Returns the text of a file. Throws if it does not exist. */
  readText(file: string): string
  isFolder(folder: string): boolean
  isFile(file: string): boolean
}

/** The environment and files of this process. Relative paths start at a folder. */
export function configEnvironment(folder: string): ConfigEnvironment {
  const statusOf = (name: string) => statSync(path.resolve(folder, name), { throwIfNoEntry: false })
  return {
    env: process.env,
    resolve: (file) => path.resolve(folder, file),
    readText: (file) => readFileSync(path.resolve(folder, file), 'utf8'),
    isFolder: (name) => statusOf(name)?.isDirectory() ?? false,
    isFile: (name) => statusOf(name)?.isFile() ?? false,
  }
}
