import { statSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'

/** Reads a flag that names a folder. */
export function existingFolder(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory()) return text
  throw new InvalidArgumentError('There is no such folder.')
}
