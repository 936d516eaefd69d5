import {
  decodeUtf8,
  isSubject,
  isWellFormed,
  type Payload,
  payloadText,
  type Subject,
  toHeaders,
} from '@wildcast/protocol'
import type { FileValue } from '../../stores/sqlite/row.js'
import type { FileWrite } from '../../stores/sqlite/writer-messages.js'
import { isTable, type Table } from '../config/schema/table.js'

/** A payload in JSON: text as it is, else base64. */
function payloadForm(payload: Payload): { readonly message: string } | { readonly bytes: string } {
  const text = payloadText(payload)
  return text === undefined ? { bytes: Buffer.from(payload).toString('base64') } : { message: text }
}

/** Returns a value as a line of JSON, without its end. */
export function lineOfValue({ subject, revision, payload, headers, user, expiresAt, will }: FileValue): string {
  const more = { headers, user, expires_at: expiresAt, will: will && payloadForm(will.payload) }
  return JSON.stringify({ subject, revision, ...payloadForm(payload), ...more })
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

function writeOf(
  { subject, headers, user, expires_at: expiresAt, will, ...value }: Table,
  now: number,
): FileWrite | undefined {
  if (typeof subject !== 'string' || !isSubject(subject)) throw new BadLine('has no valid "subject"')
  if (user !== undefined && typeof user !== 'string') throw new BadLine('has a "user" that is no text')
  if (expiresAt !== undefined && !isFiniteNumber(expiresAt))
    throw new BadLine('has an "expires_at" that is no number of milliseconds since 1970')
  const payload = payloadIn(value, 'needs the payload, as "message" or in base64 as "bytes"')
  if (payload.length === 0) throw new BadLine('has an empty payload, which would delete; leave the line out')
  const rest = isTable(will) ? payloadIn(will, 'has a "will" without "message" and "bytes"') : payload
  if (rest.length === 0 || (expiresAt !== undefined && expiresAt <= now)) return undefined
  return {
    subject: subject as Subject,
    payload: rest,
    headers: toHeaders(headers as Parameters<typeof toHeaders>[0]),
    user,
    ttlMs: expiresAt === undefined ? undefined : expiresAt - now,
  }
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
