import { Command, InvalidArgumentError } from 'commander'
import { brokerFlag, type ClientFlags, once, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import { asJson, type PrintFlags } from './print.js'
import { payloadOf } from './pub.js'

/** `wildcast request`: prints the unchanged payload of the answer. */
export function requestCommand(): Command {
  return new Command('request')
    .description('send a request, and print the answer; "-" takes the message from standard input')
    .argument('<subject>')
    .argument('[message]', 'its text', '')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .option('-t, --timeout <ms>', 'how long to wait for the answer', milliseconds, 5000)
    .option('-j, --json', 'print the answer as a JSON object')
    .action(async (subject: string, message: string, flags: ClientFlags & PrintFlags & { timeout: number }) => {
      const payload = await payloadOf(message)
      const answer = await once(flags, (client) => client.request(subject, payload, { timeoutMs: flags.timeout }))
      process.stdout.write(flags.json ? asJson(answer) : Buffer.concat([answer.bytes, Buffer.from('\n')]))
    })
}

function milliseconds(text: string): number {
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text)
  throw new InvalidArgumentError('Allowed: milliseconds, a whole number above 0.')
}
