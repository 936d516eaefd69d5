import type { Message } from '@wildcast/client'

const previewLength = 160
const shownLength = 20_000

/** The beginning of a payload, on one line. */
export function previewOf({ data, bytes }: Message): string {
  if (data instanceof Uint8Array) return `binary, ${hex(bytes.subarray(0, 12))}${bytes.length > 12 ? ' …' : ''}`
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return text.slice(0, previewLength)
}

/** A payload to read: JSON with indents, text as it is, bytes as hexadecimal numbers. */
export function readable({ data, bytes }: Pick<Message, 'data' | 'bytes'>): string {
  if (data instanceof Uint8Array) return cut(hex(bytes.subarray(0, shownLength / 3)), bytes.length * 3 - 1)
  const text = typeof data === 'string' ? data : JSON.stringify(data, undefined, 2)
  return cut(text.slice(0, shownLength), text.length)
}

/** The form in which a typed payload is read. */
export function formOf(payload: string): string {
  if (payload === '') return 'an empty payload'
  try {
    JSON.parse(payload)
    return 'JSON'
  } catch {
    return 'text'
  }
}

/** A typed payload as it is sent: bytes if it reads as JSON, since such text is sent in quotes. */
export function payloadOf(payload: string): string | Uint8Array<ArrayBuffer> {
  return formOf(payload) === 'text' ? payload : new TextEncoder().encode(payload)
}

function cut(text: string, length: number): string {
  return length > text.length ? `${text}\n… the rest is not shown` : text
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
