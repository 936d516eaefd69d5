import type { Message } from '@wildcast/client'
import { Command } from 'commander'
import { brokerFlag, type ClientFlags, connectClient, printError, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import { asJson, asLine, type PrintFlags } from './print.js'

/**
 * `wildcast sub`: prints messages until Ctrl-C, across reconnects. Exits with 1 if the subscription
 * is refused.
 */
export function sub(): Command {
  return new Command('sub')
    .description('print the messages of a pattern, such as good.*')
    .argument('<pattern>')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .option('-j, --json', 'one JSON object for each message')
    .action((pattern: string, flags: ClientFlags & PrintFlags) =>
      printSubscription(pattern, flags, { print: flags.json ? asJson : asLine }),
    )
}

/** The output of a subscription. */
export interface PrintOptions {
  print(message: Message): string | Buffer
  /** Whether to begin with the values of the pattern. @default false */
  readonly retained?: boolean
  /** Begins with the kept messages after this position. */
  readonly after?: string
  /** Begins with the newest kept messages, this many. */
  readonly last?: number
}

/** Prints the messages of a pattern until Ctrl-C. Sets the exit code 1 if it is refused. */
export function printSubscription(pattern: string, flags: ClientFlags, { print, ...begin }: PrintOptions): void {
  const client = connectClient(flags)
  client.onStatus((status) => {
    if (status.state === 'waiting') process.stderr.write(`can't reach ${flags.url}; trying again\n`)
  })
  client.subscribe(pattern, (message) => process.stdout.write(print(message)), {
    ...begin,
    onStatus: (status) => {
      if (status === 'ready') process.stderr.write(`subscribed to ${pattern}\n`)
      if (status === 'denied' || status === 'error') {
        process.exitCode = 1
        client.close()
      }
    },
    onGap: () => process.stderr.write('messages may have been lost here\n'),
    onError: printError,
  })
}
