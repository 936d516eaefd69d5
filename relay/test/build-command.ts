import { execFileSync } from 'node:child_process'
import path from 'node:path'

/** Builds the relay once for all test files that run its command. */
export default function build(): void {
  const root = path.resolve(import.meta.dirname, '../..')
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'relay'], { cwd: root, stdio: 'inherit' })
}
