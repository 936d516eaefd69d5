import { existsSync } from 'node:fs'
import { InvalidArgumentError } from 'commander'

/** Reads a flag that names a folder. */
export function existingFolder(text: string): string {
  if (existsSync(text)) return text
  throw new InvalidArgumentError('There is no such folder.')
}
