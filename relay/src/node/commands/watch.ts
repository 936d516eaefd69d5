import type { Message } from '@wildcast/client'
import { Command } from 'commander'
import { brokerFlag, type ClientFlags, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import { asJson, asLine, type PrintFlags } from './print.js'
import { printSubscription } from './sub.js'

/** `wildcast watch`: prints the values of a pattern, then their changes, until Ctrl-C. */
export function watch(): Command {
  return new Command('watch')
    .description('print the values of a pattern, such as lamp.*, and then their changes')
    .argument('<pattern>')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .option('-j, --json', 'one JSON object for each value')
    .action((pattern: string, flags: ClientFlags & PrintFlags) =>
      printSubscription(pattern, flags, {
        retained: true,
        print: (message) => (flags.json ? asJson(message) : changeLine(message)),
      }),
    )
}

/** The line of a value, or of its end. */
function changeLine(message: Message): Buffer | string {
  return message.deleted ? `${message.subject} (deleted)\n` : asLine(message)
}
