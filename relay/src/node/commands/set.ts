import type { ConnectionView } from '@wildcast/client'
import { type SetResult, values } from '@wildcast/client/values'
import { Command } from 'commander'
import { brokerFlag, type ClientFlags, once, urlFlag } from './connect.js'
import { tokenFlag } from './identity-flags.js'
import type { PrintFlags } from './print.js'
import { payloadOf } from './pub.js'
import { type ConditionFlags, conditionFrom, ifAbsentFlag, ifRevisionFlag, whenFlag } from './value-flags.js'
import { wholeNumberFlag } from './whole-number.js'

interface SetFlags extends ClientFlags, PrintFlags, ConditionFlags {
  readonly ttl?: number
}

const mostTtlMs = 1e12

/** `wildcast set`: writes the value of a subject, and prints its revision, if it has one. */
export function setCommand(): Command {
  return writeCommand('set')
    .description('write the value of a subject; "-" takes it from standard input')
    .argument('<subject>')
    .argument('<value>', 'its text')
    .option('--ttl <ms>', 'delete the value after this time', wholeNumberFlag(1, mostTtlMs))
    .addOption(ifAbsentFlag())
    .action(async (subject: string, text: string, flags: SetFlags) => {
      const payload = await payloadOf(text)
      if (payload.length === 0) throw new Error(`an empty value is a deletion; use "wildcast del ${subject}"`)
      const options = { ...conditionFrom(flags), ttlMs: flags.ttl }
      print(subject, flags, await once(flags, (client) => values(client).set(subject, payload, options)))
    })
}

/** `wildcast del`: deletes the value of a subject. */
export function delCommand(): Command {
  return writeCommand('del')
    .description('delete the value of a subject')
    .argument('<subject>')
    .action(async (subject: string, flags: SetFlags) => {
      let hasRevisions = false
      const view = (connection: ConnectionView): void => {
        connection.onStatus(() => {
          hasRevisions = givesRevisions(connection, flags.broker)
        })
      }
      const done = await once(flags, (client) => values(client).delete(subject, conditionFrom(flags)), { view })
      print(subject, flags, done)
      // On a broker without revisions there may have been one.
      if (done.revision === undefined && hasRevisions && !flags.json) process.stderr.write(`${subject} has no value\n`)
    })
}

/** Whether a broker, or the default one, numbers the changes of values. */
function givesRevisions({ welcome }: ConnectionView, name: string | undefined): boolean {
  const broker = welcome?.brokers.find((one) => (name === undefined ? one.default : one.name === name))
  return broker?.features.includes('conditional') ?? false
}

function writeCommand(name: string): Command {
  return new Command(name)
    .addOption(urlFlag())
    .addOption(brokerFlag())
    .addOption(tokenFlag())
    .option('-j, --json', 'print the subject and the revision as a JSON object')
    .addOption(ifRevisionFlag())
    .addOption(whenFlag())
}

function print(subject: string, { json }: PrintFlags, { revision }: SetResult): void {
  if (json) process.stdout.write(`${JSON.stringify({ subject, revision })}\n`)
  else if (revision !== undefined) process.stdout.write(`${revision}\n`)
}
