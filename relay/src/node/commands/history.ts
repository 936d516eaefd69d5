import type { Message } from '@wildcast/client'
import { history, type KeptPage } from '@wildcast/client/history'
import { Command, Option } from 'commander'
import { brokerFlag, type ClientFlags, once, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import { asJson, asLine, type PrintFlags } from './print.js'
import { printSubscription } from './sub.js'
import { wholeNumberFlag } from './whole-number.js'

/** The messages that are kept, as the flags select them. */
interface HistoryFlags extends ClientFlags, PrintFlags {
  readonly before?: string
  readonly after?: string
  readonly last?: number
  readonly limit?: number
  readonly follow?: true
}

/** The most messages of a page; and without a flag. */
const [longest, usual] = [999, 100]

/** `wildcast history`: prints kept messages, and with `--follow` later ones. */
export function historyCommand(): Command {
  const number = wholeNumberFlag(1, longest)
  return new Command('history')
    .description('print the messages of a pattern that the broker has kept, each with its position')
    .argument('<pattern>')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .addOption(
      new Option('--before <position>', 'the newest messages before a position').conflicts(['after', 'last', 'follow']),
    )
    .addOption(
      new Option('--after <position>', 'the oldest messages after a position; "start": of all').conflicts('last'),
    )
    .addOption(
      new Option('--last <number>', 'the newest messages, this many (100)').argParser(number).conflicts('limit'),
    )
    .addOption(
      new Option('--limit <number>', 'the most messages before or after a position (100)')
        .argParser(number)
        .conflicts('follow'),
    )
    .option('-f, --follow', 'continue with later messages, until Ctrl-C')
    .option('-j, --json', 'one JSON object for each message')
    .action(async (pattern: string, flags: HistoryFlags) => {
      const { after, before, last, limit = last, follow } = flags
      const print = flags.json ? asJson : keptLine
      if (follow) return printSubscription(pattern, flags, { print, ...(after ? { after } : { last: last ?? usual }) })
      const page = await once(flags, (client) => history(client).page(pattern, { before, after, limit }))
      if (page.recovered === false) process.stderr.write('messages after that position are forgotten\n')
      for (const message of page.messages) process.stdout.write(print(message))
      process.stderr.write(noteOn(page, pattern, after !== undefined))
    })
}

/** Prints a line for a person: the position, if the message is kept, then as `sub`. */
function keptLine(message: Message): Buffer {
  return Buffer.concat([Buffer.from(message.position === undefined ? '' : `${message.position} `), asLine(message)])
}

/** Returns how to read on. */
function noteOn({ messages, hasMore }: KeptPage, pattern: string, isForward: boolean): string {
  if (messages.length === 0) return `no message of ${pattern} is kept there\n`
  if (!hasMore) return ''
  return isForward ? `more: --after ${messages.at(-1)?.position}\n` : `more: --before ${messages[0]?.position}\n`
}
