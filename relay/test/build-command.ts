import { execFileSync } from 'node:child_process'
import path from 'node:path'

/** Builds once what test files run or read as built: the command, and the hooks. */
export default function build(): void {
  const root = path.resolve(import.meta.dirname, '../..')
  const words = ['node_modules/typescript/bin/tsc', '-b', 'relay', 'packages/react', 'packages/vite']
  execFileSync(process.execPath, words, { cwd: root, stdio: 'inherit' })
}
