import type { Headers, Payload, Subject } from '@wildcast/protocol'
import { payloadBytes } from '@wildcast/protocol'
import type { StoredMessage } from '../../core/history-store.js'
import { columnsPayload, headersText, isText } from './row.js'

/** A message as a row of the file: the columns of `messages`, in their order. */
export type MessageRow = readonly [
  position: string,
  rule: number,
  subject: string,
  keptAt: number,
  change: MessageChange,
  isText: number,
  headers: string | null,
  user: string | null,
  payload: Uint8Array,
]

/** The change of the value of its subject that a message is. */
export type MessageChange = (typeof valueChanges)[keyof typeof valueChanges]

/** The changes of values, as the file has them. */
export const valueChanges = { none: 0, written: 1, deleted: 2 } as const

/** A message with what the file keeps beside it. */
export interface FileMessage extends StoredMessage {
  /** When it was kept, in milliseconds since 1970. */
  readonly keptAt: number
}

/** The fields of a message that is about to be kept. */
export interface MessageToKeep {
  readonly subject: Subject
  readonly payload: Payload
  readonly headers?: Headers | undefined
  readonly user?: string | undefined
  readonly change: MessageChange
  readonly keptAt: number
}

/** Returns the row of a message. */
export function messageRowOf(
  { subject, payload, headers, user, change, keptAt }: MessageToKeep,
  position: string,
  rule: number,
): MessageRow {
  const bytes = payloadBytes(payload)
  return [position, rule, subject, keptAt, change, isText(payload), headersText(headers), user ?? null, bytes]
}

export function fileMessageOf(row: MessageRow): FileMessage {
  const [position, , subject, keptAt, change, text, headers, user, payload] = row
  return {
    subject: subject as Subject,
    position,
    payload: columnsPayload(payload, text),
    ...(headers !== null && { headers: JSON.parse(headers) as Headers }),
    ...(user !== null && { user }),
    ...(change !== valueChanges.none && { revision: position }),
    ...(change === valueChanges.deleted && { deleted: true as const }),
    keptAt,
  }
}

/** Returns the message without what only the file needs. */
export function plainMessageOf({ keptAt, ...message }: FileMessage): StoredMessage {
  return message
}

/** The bytes of a message that count for the limit of a store. */
export function sizeOfMessage({
  subject,
  payload,
  headers,
}: Pick<MessageToKeep, 'subject' | 'payload' | 'headers'>): number {
  const text = headersText(headers)
  return Buffer.byteLength(subject) + payloadBytes(payload).byteLength + (text === null ? 0 : Buffer.byteLength(text))
}

/** The same in SQL. */
export const messageSizeColumn = 'octet_length(subject) + octet_length(payload) + coalesce(octet_length(headers), 0)'
