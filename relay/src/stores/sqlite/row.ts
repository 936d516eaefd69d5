import { type Headers, type Payload, payloadBytes, type Subject } from '@wildcast/protocol'
import type { StoredValue, StoredWill } from '../../core/store.js'

/**
 * A value as a row of the file: the columns of `values`, in their order. The payload is bytes; one
 * to write may be text.
 */
export type Row = readonly [
  subject: string,
  revision: string,
  payload: Payload,
  isText: number,
  headers: string | null,
  user: string | null,
  expiresAt: number | null,
  will: Uint8Array | null,
  willIsText: number | null,
  willLease: string | null,
]

/** A value with what the file keeps beside it. */
export interface FileValue extends StoredValue {
  readonly revision: string
  /** When it expires, in milliseconds since 1970. */
  readonly expiresAt?: number | undefined
  readonly will?: StoredWill | undefined
}

/** Returns the row of a value, without its revision. */
export function rowOf({ subject, payload, headers, user, expiresAt, will }: Omit<FileValue, 'revision'>): Row {
  return [
    subject,
    '',
    payload,
    isText(payload),
    headersText(headers),
    user ?? null,
    expiresAt ?? null,
    will ? payloadBytes(will.payload) : null,
    will ? isText(will.payload) : null,
    will?.lease ?? null,
  ]
}

export function fileValueOf(row: Row): FileValue {
  const [subject, revision, payload, text, headers, user, expiresAt, will, willIsText, lease] = row
  return {
    subject: subject as Subject,
    revision,
    payload: columnsPayload(payload, text),
    ...(headers !== null && { headers: JSON.parse(headers) as Headers }),
    ...(user !== null && { user }),
    ...(expiresAt !== null && { expiresAt }),
    ...(will && lease !== null && { will: { payload: columnsPayload(will, willIsText), lease } }),
  }
}

/** Returns the value without what only the file needs. */
export function plainValueOf({ will, ...value }: FileValue): StoredValue {
  return value
}

/** The bytes of a row that count for the limit of a store. */
export const sizeOfRow = ([subject, , payload, , headers, , , will]: Row): number =>
  Buffer.byteLength(subject) +
  Buffer.byteLength(payload) +
  (headers === null ? 0 : Buffer.byteLength(headers)) +
  (will?.byteLength ?? 0)

/** The same in SQL. */
export const sizeColumn =
  'octet_length(subject) + octet_length(payload) + coalesce(octet_length(headers), 0) + coalesce(octet_length(will), 0)'

/** Whether a payload is text, as a column. */
export const isText = (payload: Payload): number => (typeof payload === 'string' ? 1 : 0)

/** Returns headers as a column. */
export function headersText(headers: Headers | undefined): string | null {
  return headers && headers.length > 0 ? JSON.stringify(headers) : null
}

/** Returns the payload of two columns. */
export function columnsPayload(bytes: Payload, text: number | null): Payload {
  return text === 1 && typeof bytes !== 'string'
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
    : bytes
}
