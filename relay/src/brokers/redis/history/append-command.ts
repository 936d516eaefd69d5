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

/** Returns the arguments of a message for the script. Usual ones at the end are left out. */
export function appendArguments({ message, rule, key }: MessageToAppend, context: WriteContext): ScriptArgument[] {
  const { subject, headers, beside } = message
  const payload = argumentOf(message.payload)
  const about = aboutText({ headers, user: userOf(message), beside })
  const channel = context.names.channelOf(subject as Subject)
  const all = [subject, payload, digestText(payload, 'm'), about, rule]
  const isUsual = channel === context.prefix + subject
  if (key) all.push(isUsual ? '' : channel, keyId(key), key.fingerprint)
  else if (!isUsual) all.push(channel)
  return all
}

/** Returns the arguments of several messages, with their width: the number of each. */
export function argumentsOfAll(messages: readonly (readonly ScriptArgument[])[]): ScriptArgument[] {
  const width = Math.max(...messages.map(({ length }) => length))
  const all: ScriptArgument[] = [width]
  for (const args of messages) {
    all.push(...args)
    for (let i = args.length; i < width; i++) all.push('')
  }
  return all
}
