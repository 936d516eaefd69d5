import type { Payload, Subject } from '@wildcast/protocol'
import { usedKey } from '../../../core/publish-key.js'
import type { ValueWrite, Written } from '../../../core/store.js'
import { aboutText } from '../../foreign/about.js'
import { keyId } from '../../foreign/key-id.js'
import type { GrownLogs } from '../grown-logs.js'
import type { RuleTexts } from '../rule-texts.js'
import type { ScriptArgument } from '../scripts.js'
import type { RedisNames } from '../subjects.js'
import { digestText, type MarkKind } from './change-mark.js'
import { willText } from './records.js'

/** A write by a client, or one that is due: of a will, or of a value that has expired. */
export interface DueWrite extends ValueWrite {
  readonly due?: 'will' | 'expired' | undefined
}

/** The parts that all writes of a connection have in common. */
export interface WriteContext {
  readonly names: RedisNames
  readonly prefix: string
  /** The channel that gets the revision of a change, after the change. */
  readonly echo: string
  readonly ruleTexts: RuleTexts
  /** Gets the subjects whose messages are kept. */
  readonly grown: GrownLogs
}

/** Returns the arguments of the write script. The last ones are left out if they are empty. */
export function writeArguments(write: DueWrite, context: WriteContext, server: string): ScriptArgument[] {
  const { message, ttlMs, will, key } = write
  const { subject, headers, beside } = message
  const user = message.from?.user
  const rule = context.ruleTexts.of(subject)
  if (rule) context.grown.add(subject)
  const payload = argumentOf(message.payload)
  const channel = context.names.channelOf(subject as Subject)
  const all = [
    ...[subject, payload, digestText(payload, markKindOf(write, rule)), aboutText({ headers, user, beside }), server],
    ...[context.echo, conditionText(write), channel === context.prefix + subject ? '' : channel],
  ]
  if (ttlMs !== undefined || will || rule || key) all.push(ttlMs === undefined ? '' : `${ttlMs}`)
  if (will) all.push(will.lease, willText(will.lease, aboutText({ user }), argumentOf(will.payload)))
  else if (rule || key) all.push('', '')
  if (rule || key) all.push(rule ?? '')
  if (key) all.push(keyId(key), key.fingerprint)
  return all
}

/** Returns the kind of the mark of a write. `rule` is that of its subject, if messages are kept. */
function markKindOf({ message, due }: DueWrite, rule: string | undefined): MarkKind {
  if (message.payload.length > 0) return rule ? 'V' : 'v'
  if (due === 'expired') return rule ? 'E' : 'e'
  return rule ? 'D' : 'd'
}

/**
 * Returns the outcome of a write, and whether the echo channel gets its revision.
 * @throws {WildcastError} if its key belongs to another message
 */
export function outcomeOf(reply: Buffer): { readonly written: Written<string>; readonly isEchoed: boolean } {
  const [kind, revision = ''] = reply.toString('latin1').split(' ')
  if (kind === 'used') throw usedKey()
  if (kind === 'repeated') return { written: { kind: 'written', revision, repeated: true }, isEchoed: false }
  if (kind === 'unchanged') return { written: { kind }, isEchoed: false }
  if (kind === 'refused') return { written: { kind, revision: revision || undefined }, isEchoed: false }
  return { written: { kind: 'written', revision }, isEchoed: kind === 'echoed' }
}

const form = /^[0-9a-z]{10}-[0-9a-z]{9}$/

/** See `isMet` of the write script. */
function conditionText({ ifRevision, due }: DueWrite): string {
  if (ifRevision === undefined) return ''
  if (ifRevision === null) return '='
  // A text without the form of a revision is equal to none.
  const revision = form.test(ifRevision) ? ifRevision : '?'
  return (due === 'expired' ? '!' : due === 'will' ? '~' : '=') + revision
}

/** Returns a payload as an argument: the library sends texts faster than bytes. */
export function argumentOf(payload: Payload): string | Buffer {
  return typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
}
