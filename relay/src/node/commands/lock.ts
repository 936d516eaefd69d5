import { WildcastError } from '@wildcast/client'
import { lock } from '@wildcast/client/locks'
import { Command } from 'commander'
import { brokerFlag, type ClientFlags, once, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import { runBeside } from './run-beside.js'
import { wholeNumberFlag } from './whole-number.js'

interface LockFlags extends ClientFlags {
  readonly timeout?: number
}

const mostTimeoutMs = 86_400_000

/**
 * `wildcast lock`: waits for a lock, runs a command while it holds it, and exits with the command's
 * code. The command has the token in `WILDCAST_LOCK_TOKEN`, and is ended if the lock is lost.
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
      process.exitCode = await once(flags, async (client) => {
        const held = await lock(client, subject, { timeoutMs: flags.timeout })
        const running = runBeside(command, undefined, { WILDCAST_LOCK_TOKEN: held.token })
        held.lost.addEventListener('abort', () => {
          process.stderr.write(`${WildcastError.from(held.lost.reason).message}; the command is ended\n`)
          void running.close()
        })
        const code = await running.ended
        if (held.lost.aborted) return 1
        await held.release()
        return code
      })
    })
}
