import { Command, InvalidArgumentError } from 'commander'
import { brokerFlag, type ClientFlags, once, urlFlag } from './connect.js'
import { asJson, type PrintFlags } from './print.js'
import { payloadOf } from './pub.js'

/** `wildcast request`: prints the answer's payload as it is. */
export function requestCommand(): Command {
  return new Command('request')
    .description('ask a subject, and print the answer; "-" takes the message from standard input')
    .argument('<subject>')
    .argument('[message]', 'its text', '')
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .option('-t, --timeout <ms>', 'how long the answer is waited for', milliseconds, 5000)
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
