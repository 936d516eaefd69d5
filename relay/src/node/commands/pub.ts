import { buffer } from 'node:stream/consumers'
import { WildcastError } from '@wildcast/client'
import { Command } from 'commander'
import { brokerFlag, type ClientFlags, once, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'

/** `wildcast pub`: exits with 0 when the broker has the message. */
export function pub(): Command {
  return new Command('pub')
    .description('publish a message; "-" takes it from standard input')
    .argument('<subject>')
    .argument('[message]', 'its text', '')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .option('-j, --json', 'print the outcome as JSON')
    .action(async (subject: string, message: string, flags: ClientFlags & { json?: boolean }) => {
      const payload = await payloadOf(message)
      const outcome = await once(flags, (client) => client.publish(subject, payload))
      if (outcome === 'unknown')
        throw new WildcastError('interrupted', 'the connection was lost; check whether the message arrived')
      if (flags.json) process.stdout.write(`${JSON.stringify({ subject, outcome })}\n`)
    })
}

/** The text of an argument, or all bytes of standard input. */
export async function payloadOf(argument: string): Promise<string | Uint8Array> {
  return argument === '-' ? buffer(process.stdin) : argument
}
