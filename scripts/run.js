import { spawnSync } from 'node:child_process'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')

/** Runs a command to its end with our output. Throws if it fails. */
export function run([command, ...args], options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options })
  if (error || status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `exit code ${status}`}`)
}

/** Whether a command succeeds. */
export function runs([command, ...args]) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

/**
 * Returns the command line of a tool in node_modules, without npx, which is slower and asks
 * questions.
 */
export function tool(file, ...args) {
  return [process.execPath, path.join(root, 'node_modules', file), ...args]
}

/** Runs a script; prints the message of an error, and sets the exit code 1. */
export async function script(work) {
  try {
    await work()
  } catch (error) {
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}

/**
 * Calls `end` when the parent process has ended: npm runs scripts through a shell that passes no
 * signal to them.
 */
export function endWithParent(end = () => process.kill(process.pid, 'SIGTERM')) {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && end(), 500).unref()
}
