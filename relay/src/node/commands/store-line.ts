import {
  decodeUtf8,
  type Headers,
  isSubject,
  isWellFormed,
  type Payload,
  parseSubject,
  payloadText,
  toHeaders,
} from '@wildcast/protocol'
import { besideTextOf, splitBeside, withBesideText } from '../../stores/beside-header.js'
import type { FileWrite } from '../../stores/sqlite/file-write.js'
import type { FileMessage } from '../../stores/sqlite/message-row.js'
import type { FileValue } from '../../stores/sqlite/row.js'
import { isTable, type Table } from '../config/schema/table.js'

/** A payload in JSON: text as it is, else base64. */
function payloadForm(payload: Payload): { readonly message: string } | { readonly bytes: string } {
  const text = payloadText(payload)
  return text === undefined ? { bytes: Buffer.from(payload).toString('base64') } : { message: text }
}

/** Returns a value as a line of JSON, without its end. */
export function lineOfValue({ subject, revision, payload, headers, user, expiresAt, will }: FileValue): string {
  const more = { ...headerFields(headers), user, expires_at: expiresAt, will: will && payloadForm(will.payload) }
  return JSON.stringify({ subject, revision, ...payloadForm(payload), ...more })
}

/** Returns a message as a line of JSON, without its end. */
export function lineOfMessage(message: FileMessage): string {
  const { subject, position, payload, headers, user, revision, deleted, keptAt } = message
  return JSON.stringify({
    subject,
    position,
    ...payloadForm(payload),
    ...headerFields(headers),
    user,
    revision,
    deleted,
    kept_at: keptAt,
  })
}

/** The facts beside a payload, which the file keeps among its headers, are a field of their own. */
function headerFields(all: FileValue['headers']): { readonly headers?: Headers | undefined; readonly beside?: string } {
  const beside = besideTextOf(all)
  if (!all || beside === undefined) return { headers: all }
  const { headers } = splitBeside(all)
  return { ...(headers.length > 0 && { headers }), beside }
}

/** A line is invalid. The message is the predicate of a sentence, with the remedy. */
class BadLine extends Error {}

/**
 * Reads a line of JSON as a write. Returns undefined if the value no longer exists: it has expired,
 * or its session, which has ended, has a will that deletes it.
 * @throws {Error} with the number of the line
 */
export function writeOfLine(line: string, number: number, now: number): FileWrite | undefined {
  try {
    return writeOf(parsed(line), now)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`line ${number} ${cause instanceof BadLine ? why : `is invalid: ${why}`}; nothing was imported`)
  }
}

function parsed(line: string): Table {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new BadLine('is no JSON; write one object per line, as "wildcast store export" does')
  }
  if (!isTable(value)) throw new BadLine('is no JSON object; write one per line, as "wildcast store export" does')
  return value
}

const neededPayload = 'needs the payload, as "message" or in base64 as "bytes"'

function writeOf(line: Table, now: number): FileWrite | undefined {
  const { position, expires_at: expiresAt, will } = line
  if (position !== undefined) return messageOf(line)
  if (expiresAt !== undefined && !isFiniteNumber(expiresAt))
    throw new BadLine('has an "expires_at" that is no number of milliseconds since 1970')
  const payload = payloadIn(line, neededPayload)
  if (payload.length === 0) throw new BadLine('has an empty payload, which would delete; leave the line out')
  const rest = isTable(will) ? payloadIn(will, 'has a "will" without "message" and "bytes"') : payload
  if (rest.length === 0 || (expiresAt !== undefined && expiresAt <= now)) return undefined
  return {
    ...commonFields(line),
    payload: rest,
    ttlMs: expiresAt === undefined ? undefined : expiresAt - now,
  }
}

/** Reads a message of the history, which gets another position. */
function messageOf(line: Table): FileWrite {
  const { kept_at: keptAt } = line
  if (keptAt !== undefined && !isFiniteNumber(keptAt))
    throw new BadLine('has a "kept_at" that is no number of milliseconds since 1970')
  const payload = payloadIn(line, neededPayload)
  return { ...commonFields(line), payload, append: true, keptAt }
}

/** Reads the fields that values and messages have. */
function commonFields({ subject, headers, beside, user }: Table): Pick<FileWrite, 'subject' | 'headers' | 'user'> {
  if (typeof subject !== 'string' || !isSubject(subject)) throw new BadLine('has no valid "subject"')
  if (user !== undefined && typeof user !== 'string') throw new BadLine('has a "user" that is no text')
  if (beside !== undefined && typeof beside !== 'string') throw new BadLine('has a "beside" that is no text')
  const sent = toHeaders(headers as Parameters<typeof toHeaders>[0])
  return { subject: parseSubject(subject), headers: beside === undefined ? sent : withBesideText(sent, beside), user }
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

function payloadIn({ message, bytes }: Table, missing: string): Payload {
  if (typeof message === 'string') {
    if (bytes !== undefined) throw new BadLine('has both "message" and "bytes"; leave one out')
    if (!isWellFormed(message)) throw new BadLine('has a "message" with half a character; write it as "bytes"')
    return message
  }
  if (typeof bytes !== 'string') throw new BadLine(missing)
  const decoded = Buffer.from(bytes, 'base64')
  if (decoded.toString('base64') !== bytes) throw new BadLine('has "bytes" that are no base64')
  return decodeUtf8(decoded) ?? decoded
}
