import { spawn } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { expect } from '@playwright/test'
import { environment } from '../../scripts/needs.js'

/** A terminal into which something was pasted. */
export interface Terminal {
  /** Waits until it shows something; returns what the first group stands for. */
  shows(pattern: RegExp): Promise<string>
  /** Waits for the end of what was pasted, which must succeed; returns all that it has printed. */
  finish(): Promise<string>
  /** Ctrl-C. Resolves when no process that was started here is left. */
  interrupt(): Promise<void>
}

export interface PasteOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/**
 * No test measures time, so this only ends one that hangs; installations take long on a busy
 * machine.
 */
const hangsMs = 600_000

/** Terminals are process groups of their own, which Ctrl-C reaches as a whole. */
const open = new Set<number>()
process.once('exit', () => {
  for (const group of open) signal(group, 'SIGKILL')
})

/** Pastes lines into a new terminal; the first that fails ends it. */
export function paste(lines: string, { cwd, env }: PasteOptions): Terminal {
  // Prefers npm's cache, and prints nothing about funding.
  const npm = { npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' }
  const { PORT, FORCE_COLOR, ...inherited } = environment()
  const child = spawn('sh', ['-ec', lines], {
    cwd,
    env: { ...inherited, ...npm, NO_COLOR: '1', ...env },
    detached: true,
  })
  const group = child.pid as number
  open.add(group)
  let shown = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      shown += stripVTControlCharacters(chunk)
    })
  child.stdin.end()
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    async shows(pattern) {
      const over = ended.then((code) => {
        if (!pattern.test(shown)) throw new Error(`ended with ${code} without ${pattern}:\n${shown}`)
      })
      await Promise.race([over, expect.poll(() => shown, { timeout: hangsMs }).toMatch(pattern)])
      return pattern.exec(shown)?.[1] ?? ''
    },
    async finish() {
      const code = await ended
      open.delete(group)
      if (code !== 0) throw new Error(`exit code ${code} of ${lines}\n${shown}`)
      return shown
    },
    async interrupt() {
      signal(group, 'SIGINT')
      await ended
      await expect.poll(() => signal(group, 0), { message: `processes of ${lines}` }).toBe(false)
      open.delete(group)
    },
  }
}

/** Whether a process of the group was there to get it. */
function signal(group: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, name)
  } catch {
    return false
  }
}
