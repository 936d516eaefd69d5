// Checks every package as npm would publish it: its contents, and the reports of publint and attw.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { npm, root } from './needs.js'
import { tool } from './run.js'

export const packages = [
  'packages/protocol',
  'packages/contract',
  'packages/client',
  'packages/react',
  'packages/testing',
  'packages/vite',
  'packages/create-wildcast',
  'relay',
]

export function checkPackages() {
  const results = packages.flatMap((folder) => [
    report(folder, 'contents', faultsOf(folder).join('\n')),
    report(folder, 'publint', outputOfFailed(tool('publint/src/cli.js', folder, '--strict'))),
    report(
      folder,
      'attw',
      outputOfFailed(tool('@arethetypeswrong/cli/dist/index.js', '--pack', folder, '--profile', 'esm-only', '--quiet')),
    ),
  ])
  const passed = results.filter(Boolean).length
  return { passed, failed: results.length - passed }
}

function report(folder, check, faults) {
  console.log(`${folder}: ${check} ${faults === '' ? 'passed' : 'failed'}`)
  if (faults !== '') console.log(faults)
  return faults === ''
}

/** Returns what a package lacks for npm or its licence. */
function faultsOf(folder) {
  const read = (name) => readFileSync(path.join(root, folder, name), 'utf8')
  const [command, ...args] = npm('pack', `./${folder}`, '--dry-run', '--json')
  const { stdout, stderr, status } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) return [stderr]
  const [{ files }] = Object.values(JSON.parse(stdout))
  const held = files.map((file) => file.path)
  const { repository } = JSON.parse(read('package.json'))
  return [
    ...['LICENSE', 'README.md', 'package.json'].filter((name) => !held.includes(name)).map((name) => `no ${name}`),
    ...(held.includes('LICENSE') && read('LICENSE') !== readFileSync(path.join(root, 'LICENSE'), 'utf8')
      ? ["LICENSE differs from the repository's"]
      : []),
    ...(repository?.directory === folder ? [] : [`"repository" has no "directory": "${folder}"`]),
  ]
}

/** Returns the output of a command if it fails; otherwise an empty text. */
function outputOfFailed([command, ...args]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? '' : stdout + stderr || `exit code ${status}`
}
