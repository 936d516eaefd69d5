import { type BrokerMessage, type Payload, payloadBytes } from '@wildcast/protocol'
import { MessagePackWriter, parseMessagePack } from '@wildcast/protocol/msgpack'

/** The form of the payloads of packets. */
export interface PayloadForm {
  /** Whether it holds a response subject. */
  readonly carriesResponseSubject: boolean
  /** Returns the size of the longest packet for a payload of this size, in bytes. */
  longest(payload: number): number
  write(message: BrokerMessage): string | Buffer
  /** Returns undefined if the payload does not have this form. */
  read(payload: Uint8Array): Contents | undefined
}

export interface Contents {
  readonly payload: Payload
  readonly responseSubject?: string | undefined
}

/** Unchanged payloads. */
export const raw: PayloadForm = {
  carriesResponseSubject: false,
  longest: (payload) => payload,
  write: ({ payload }) => (typeof payload === 'string' ? payload : bufferOf(payload)),
  read: (payload) => ({ payload }),
}

const writer = new MessagePackWriter()

/**
 * The form of the original: the MessagePack array `[message, subject, broker, response_subject]`,
 * in which a message is an array of integers.
 */
export const envelope: PayloadForm = {
  carriesResponseSubject: true,
  // Integers from 128 on take two bytes; names come on top.
  longest: (payload) => 2 * payload + 2048,
  write: ({ subject, payload, responseSubject }) =>
    bufferOf(
      writer
        .array(4)
        .byteList(payloadBytes(payload))
        .text(subject)
        .textOrNil(null)
        .textOrNil(responseSubject ?? null)
        .take(),
    ),
  read(payload) {
    const { message, responseSubject } = fieldsOf(payload) ?? {}
    const bytes = Array.isArray(message) && message.every(isByte) ? Uint8Array.from(message) : message
    if (typeof bytes !== 'string' && !(bytes instanceof Uint8Array)) return undefined
    return { payload: bytes, responseSubject: typeof responseSubject === 'string' ? responseSubject : undefined }
  },
}

/** Reads an array, or a map: the reader of the original accepts both. */
function fieldsOf(payload: Uint8Array): { readonly message: unknown; readonly responseSubject: unknown } | undefined {
  const value = parsed(payload)
  if (Array.isArray(value)) return value.length === 4 ? { message: value[0], responseSubject: value[3] } : undefined
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Readonly<Record<string, unknown>>
  return { message: fields.message, responseSubject: fields.response_subject }
}

function parsed(payload: Uint8Array): unknown {
  try {
    return parseMessagePack(payload)
  } catch {
    return undefined // the caller counts it: a foreign message is no error of this relay
  }
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xff
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
