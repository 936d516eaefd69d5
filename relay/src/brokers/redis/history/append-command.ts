import type { BrokerMessage, Subject } from '@wildcast/protocol'
import type { PublishKey } from '../../../core/publish-key.js'
import { userOf } from '../../../stores/change.js'
import { aboutText } from '../../foreign/about.js'
import { keyId } from '../../foreign/key-id.js'
import type { ScriptArgument } from '../scripts.js'
import { digestText } from '../values/change-mark.js'
import { argumentOf, type WriteContext } from '../values/write-command.js'

/** A message to keep, with the text of its rule. */
export interface MessageToAppend {
  readonly message: BrokerMessage
  readonly rule: string
  readonly key: PublishKey | undefined
}

/** Returns the arguments of the script that appends. Usual ones at the end are left out. */
export function appendArguments(
  { message, rule, key }: MessageToAppend,
  server: string,
  { names, prefix, echo }: WriteContext,
): ScriptArgument[] {
  const { subject, headers } = message
  const payload = argumentOf(message.payload)
  const about = aboutText({ headers, user: userOf(message) })
  const all = [subject, payload, digestText(payload, 'm'), about, server, echo, rule]
  const channel = names.channelOf(subject as Subject)
  const isUsual = channel === prefix + subject
  if (key) all.push(isUsual ? '' : channel, keyId(key), key.fingerprint)
  else if (!isUsual) all.push(channel)
  return all
}
