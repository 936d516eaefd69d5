import { values } from '@wildcast/client/values'
import { Command } from 'commander'
import { brokerFlag, type ClientFlags, once, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import { asJson, type PrintFlags } from './print.js'

/** `wildcast get`: prints the unchanged value of a subject. Exits with 1 without a value. */
export function getCommand(): Command {
  return new Command('get')
    .description('print the value of a subject')
    .argument('<subject>')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .option('-j, --json', 'print the value and its revision as a JSON object')
    .action(async (subject: string, flags: ClientFlags & PrintFlags) => {
      const value = await once(flags, (client) => values(client).get(subject))
      if (value) process.stdout.write(flags.json ? asJson(value) : Buffer.concat([value.bytes, Buffer.from('\n')]))
      else {
        process.stderr.write(`${subject} has no value\n`)
        process.exitCode = 1
      }
    })
}
