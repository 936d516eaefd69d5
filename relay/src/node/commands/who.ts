import type { Client } from '@wildcast/client'
import { type MemberCount, memberCount, presence } from '@wildcast/client/presence'
import { Command } from 'commander'
import { tableOf } from '../screen/print-table.js'
import { brokerFlag, type ClientFlags, once, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import type { PrintFlags } from './print.js'

/** `wildcast who`: prints the members of a subject. */
export function who(): Command {
  return new Command('who')
    .description('print the members of a subject, such as the users in room.42')
    .argument('<subject>')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .option('-c, --count', 'print their number only; the subject may be a pattern')
    .option('-j, --json', 'print a JSON object for each member')
    .action(async (subject: string, flags: ClientFlags & PrintFlags & { readonly count?: true }) => {
      if (flags.count) {
        process.stdout.write(`${await once(flags, (client) => countOf(client, subject))}\n`)
        return
      }
      const members = await once(flags, async (client) => {
        const room = presence(client, subject)
        await synced(room)
        return room.members
      })
      const rows = members.map(({ user, connections, data }) => ({ user, connections, data }))
      if (flags.json) process.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      else if (rows.length === 0) process.stderr.write(`${subject} has no members\n`)
      else process.stdout.write(tableOf(['user', 'connections', 'data'], rows.map(withText)))
    })
}

async function countOf(client: Client, subject: string): Promise<number | undefined> {
  const counted = memberCount(client, subject)
  await synced(counted)
  return counted.count
}

/** Resolves when all was received. */
function synced(source: Pick<MemberCount, 'onChange' | 'status' | 'error'>): Promise<void> {
  return new Promise((resolve, reject) => {
    source.onChange(() => {
      if (source.error) reject(source.error)
      else if (source.status === 'synced') resolve()
    })
  })
}

function withText<Row extends { readonly data: unknown }>(row: Row): Row & { readonly data: string } {
  return { ...row, data: JSON.stringify(row.data) }
}
