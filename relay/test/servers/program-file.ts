import { findProgram } from '../../../scripts/needs.js'

/** The path of a program. */
export function programFile(name: string): string {
  const file = findProgram(name)
  if (!file) throw new Error(`the tests need ${name}; npm test installs it`)
  return file
}
