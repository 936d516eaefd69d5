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
    .action((pattern: string, flags: ClientFlags & PrintFlags) => {
      const client = connectClient(flags)
      client.onStatus((status) => {
        if (status.state === 'waiting') process.stderr.write(`can't reach ${flags.url}; trying again\n`)
      })
      client.subscribe(pattern, (message) => process.stdout.write(flags.json ? asJson(message) : asLine(message)), {
        onStatus: (status) => {
          if (status === 'ready') process.stderr.write(`subscribed to ${pattern}\n`)
          if (status === 'denied' || status === 'error') {
            process.exitCode = 1
            client.close()
          }
        },
        onGap: () => process.stderr.write('messages may have been lost here\n'),
        onError: (error) => {
          // The client itself reports why it was closed.
          if (client.status.state !== 'closed') printError(error)
        },
      })
    })
}
