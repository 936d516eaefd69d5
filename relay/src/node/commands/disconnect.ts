import { Command } from 'commander'
import { type AdminFlags, adminClient, adminFlag } from './admin-client.js'
import { configFlag } from './config-flag.js'
import { namespaceFlag } from './identity-flags.js'

interface Flags extends AdminFlags {
  readonly json?: boolean
  readonly namespace?: string
}

/**
 * `wildcast disconnect`: ends every session of a user, at all relays that share a broker. Exits
 * with 1 if a broker has not confirmed that.
 */
export function disconnect(): Command {
  return new Command('disconnect')
    .description('end every session of a user, at all relays that share a broker')
    .argument('<user>')
    .addOption(adminFlag())
    .addOption(configFlag())
    .addOption(namespaceFlag('only the sessions in this namespace (default: all)'))
    .option('-j, --json', 'print the outcome as JSON')
    .action(async (user: string, { json, namespace, ...flags }: Flags) => {
      const client = await adminClient(flags)
      const outcome = await client.request('/admin/disconnect', { user, namespace })
      const [notified, unreached] = [namesIn(outcome.notified), namesIn(outcome.unreached)]
      const ended = Number(outcome.ended)
      const others =
        notified.length + unreached.length === 0
          ? 'no other relay shares a memory broker'
          : `other relays are notified through ${notified.join(', ') || 'no broker'}`
      const line = `${ended} session${ended === 1 ? '' : 's'} ended here; ${others}`
      process.stdout.write(`${json ? JSON.stringify(outcome) : line}\n`)
      if (unreached.length === 0) return
      process.stderr.write(
        `not confirmed by ${unreached.join(', ')}: sessions at other relays may be open; try again\n`,
      )
      process.exitCode = 1
    })
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
