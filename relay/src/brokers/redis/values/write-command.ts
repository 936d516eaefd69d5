import { payloadBytes, type Subject } from '@wildcast/protocol'
import type { ValueWrite, Written } from '../../../core/store.js'
import type { StoreLimits } from '../../../stores/limits.js'
import type { Keys } from '../keys.js'
import { longestStream } from '../redis-publisher.js'
import type { ScriptArgument } from '../scripts.js'
import type { RedisNames } from '../subjects.js'
import { aboutText } from './about.js'
import { digestText } from './change-mark.js'
import type { MarkChannels } from './mark-channels.js'
import { willText } from './records.js'

/** A write by a client, or one that is due: of a will, or of a value that has expired. */
export interface DueWrite extends ValueWrite {
  readonly due?: 'will' | 'expired' | undefined
}

/** What all writes of a connection have in common. */
export interface WriteContext {
  readonly names: RedisNames
  readonly keys: Keys
  readonly marks: MarkChannels
  readonly limits: StoreLimits
  /** The channel that gets the revision of a change, after the change. */
  readonly echo: string
  /** The run id of the server. */
  readonly run: string
}

/** Returns the arguments of `writeScript`. */
export function writeArguments(write: DueWrite, context: WriteContext, newestTerm: string): ScriptArgument[] {
  const { message, ttlMs, will } = write
  const { names, keys, marks, limits, echo, run } = context
  const user = message.from?.user
  const payload = bufferOf(payloadBytes(message.payload))
  const channel = names.channelOf(message.subject as Subject)
  return [
    ...[message.subject, channel, marks.of(channel), payload, digestText(payload)],
    ...[aboutText({ headers: message.headers, user }), conditionText(write)],
    ...[ttlMs ?? '', will?.lease ?? '', will ? willText(will.lease, aboutText({ user }), will.payload) : ''],
    ...[echo, run, newestTerm, limits.values, limits.bytes],
    ...[keys.streamPrefix, keys.wakePrefix, longestStream],
  ]
}

/** Returns the outcome of a write, and whether the echo channel gets its revision. */
export function outcomeOf(reply: Buffer): { readonly written: Written; readonly isEchoed: boolean } {
  const [kind, revision = ''] = reply.toString('latin1').split(' ')
  if (kind === 'unchanged') return { written: { kind }, isEchoed: false }
  if (kind === 'refused') return { written: { kind, revision: revision || undefined }, isEchoed: false }
  return { written: { kind: 'written', revision }, isEchoed: kind === 'echoed' }
}

const form = /^[0-9a-z]{10}-[0-9a-z]{9}$/

/** See `luaCondition`. */
function conditionText({ ifRevision, due }: DueWrite): string {
  if (ifRevision === undefined) return ''
  if (ifRevision === null) return '='
  // A text without the form of a revision is equal to none.
  const revision = form.test(ifRevision) ? ifRevision : '?'
  return (due === 'expired' ? '!' : due === 'will' ? '~' : '=') + revision
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
