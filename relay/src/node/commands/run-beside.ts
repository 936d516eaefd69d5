import { spawn } from 'node:child_process'
import { configEnvironment } from '../config/config-environment.js'

/** A command that runs beside the relay, such as the development server of a page. */
export interface SideCommand {
  /**
   * Resolves when it has ended: with its exit code, or the signal that ended it. Rejects if it
   * can't be started.
   */
  readonly ended: Promise<{ readonly code: number } | { readonly signal: NodeJS.Signals }>
  /** Ends it. */
  close(): Promise<void>
}

/**
 * Starts a command in this terminal, with the relay's URL in `WILDCAST_URL` if the relay has a
 * port.
 */
export function runBeside(
  [program = '', ...args]: readonly string[],
  url: string | undefined,
  more: Readonly<Record<string, string>> = {},
): SideCommand {
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: { ...configEnvironment(process.cwd()).env, ...(url === undefined ? {} : { WILDCAST_URL: url }), ...more },
    // On Windows, the programs in node_modules/.bin are shell scripts.
    shell: process.platform === 'win32',
  })
  const ended: SideCommand['ended'] = new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve(signal ? { signal } : { code: code ?? 0 }))
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const missing = new Error(`there is no program "${program}"; install it, or correct what follows "--"`, { cause })
      reject(cause.code === 'ENOENT' ? missing : cause)
    })
  })
  return {
    ended,
    async close() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
