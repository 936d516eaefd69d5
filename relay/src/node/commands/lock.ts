import { constants } from 'node:os'
import { type Client, WildcastError } from '@wildcast/client'
import { type Lock, lock } from '@wildcast/client/locks'
import { Command } from 'commander'
import { brokerFlag, type ClientFlags, closeAndExit, once, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import { runBeside, type SideCommand } from './run-beside.js'
import { wholeNumberFlag } from './whole-number.js'

interface LockFlags extends ClientFlags {
  readonly timeout?: number
}

const mostTimeoutMs = 86_400_000

/**
 * `wildcast lock`: waits for a lock, runs a command while it holds it, and exits with the command's
 * code. The command has the token in `WILDCAST_LOCK_TOKEN`, and is ended if the lock is lost, or by
 * a signal; the lock is released after its end.
 */
export function lockCommand(): Command {
  return new Command('lock')
    .description('run a command while holding a lock: wildcast lock job.backup -- ./backup.sh')
    .argument('<subject>')
    .argument('<command...>', 'what to run, after "--"')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .option('-t, --timeout <ms>', 'how long to wait for the lock; 0: not at all', wholeNumberFlag(0, mostTimeoutMs))
    .action(async (subject: string, command: readonly string[], flags: LockFlags) => {
      let running: SideCommand | undefined
      const run = async (client: Client): Promise<number> => {
        const held = await take(client, subject, flags)
        running = runBeside(command, undefined, { WILDCAST_LOCK_TOKEN: held.token })
        return runUnder(held, running)
      }
      const onSignal = (client: Client): void => (running ? void running.close() : closeAndExit(client))
      process.exitCode = await once(flags, run, { onSignal })
    })
}

/** Waits for the lock. */
async function take(client: Client, subject: string, { timeout: timeoutMs }: LockFlags): Promise<Lock> {
  try {
    return await lock(client, subject, { timeoutMs })
  } catch (cause) {
    const { code } = WildcastError.from(cause)
    const locked = `"${subject}" is locked by another client`
    if (code === 'condition_failed')
      throw new WildcastError('condition_failed', `${locked}; leave out "--timeout 0" to wait`)
    throw code === 'timeout' ? new WildcastError('timeout', `${locked}; wait longer, or try again`) : cause
  }
}

/** Waits for the end of the command, then releases the lock. Returns the exit code. */
async function runUnder(held: Lock, running: SideCommand): Promise<number> {
  const end = (): void => {
    process.stderr.write(`${WildcastError.from(held.lost.reason).message}; the command is ended\n`)
    void running.close()
  }
  held.lost.addEventListener('abort', end)
  try {
    const ended = await running.ended
    if (held.lost.aborted) return 1
    return 'code' in ended ? ended.code : 128 + constants.signals[ended.signal]
  } finally {
    held.lost.removeEventListener('abort', end)
    await held.release()
  }
}
