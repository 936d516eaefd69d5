import type { BrokerMessage, Subject } from '@wildcast/protocol'
import { userOf } from '../../../stores/change.js'
import { aboutText } from '../../foreign/about.js'
import type { ScriptArgument } from '../scripts.js'
import { digestText } from '../values/change-mark.js'
import { argumentOf, type WriteContext } from '../values/write-command.js'

/** Returns the arguments of the script that appends. The last one is left out if it is usual. */
export function appendArguments(
  message: BrokerMessage,
  rule: string,
  server: string,
  { names, prefix, echo }: WriteContext,
): ScriptArgument[] {
  const { subject, headers } = message
  const payload = argumentOf(message.payload)
  const about = aboutText({ headers, user: userOf(message) })
  const all = [subject, payload, digestText(payload, 'm'), about, server, echo, rule]
  const channel = names.channelOf(subject as Subject)
  if (channel !== prefix + subject) all.push(channel)
  return all
}
