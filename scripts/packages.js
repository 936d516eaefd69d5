// Every package, packed as npm would publish it, under the eyes of publint and attw.
import { spawnSync } from 'node:child_process'
import { root } from './needs.js'
import { tool } from './run.js'

const packages = ['packages/protocol', 'packages/client', 'packages/react', 'packages/create-wildcast', 'relay']

export function checkPackages() {
  let passed = 0
  let failed = 0
  for (const folder of packages)
    for (const words of [
      tool('publint/src/cli.js', folder, '--strict'),
      tool('@arethetypeswrong/cli/dist/index.js', '--pack', folder, '--profile', 'esm-only', '--quiet'),
    ]) {
      const [command, ...args] = words
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
      console.log(
        `${folder}: ${args[0].includes('publint') ? 'publint' : 'attw'} ${status === 0 ? 'is content' : 'is not'}`,
      )
      if (status === 0) passed++
      else {
        failed++
        console.log(stdout, stderr)
      }
    }
  return { passed, failed }
}
