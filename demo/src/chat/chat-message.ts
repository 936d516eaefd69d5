import type { Message } from '@wildcast/client'

/** The payload of `good.<room>`. */
export interface ChatMessage {
  readonly from: string
  readonly text: string
  /** Chosen by the sender: a message that is sent twice is shown once. */
  readonly id: string
}

/** How a message of a room is shown. */
export interface ReadMessage {
  /** Undefined if it isn't a chat message. */
  readonly from: string | undefined
  readonly text: string
  /** Undefined if it has no valid one. */
  readonly id: string | undefined
  readonly form: 'text' | 'code'
}

/** A longer id is not one of this page. */
const longestId = 64

/**
 * Reads a message of a room. Every client may publish there, with curl for example, so any payload
 * is shown in some form.
 */
export function readMessage({ data, bytes }: Pick<Message, 'data' | 'bytes'>): ReadMessage {
  if (data instanceof Uint8Array) return foreign(describeBytes(bytes), 'code')
  if (typeof data === 'string') return foreign(data, 'text')
  if (!isChatMessage(data)) return foreign(JSON.stringify(data), 'code')
  const { from, text, id } = data
  const isValid = typeof id === 'string' && id !== '' && id.length <= longestId
  return { from, text, id: isValid ? id : undefined, form: 'text' }
}

function foreign(text: string, form: ReadMessage['form']): ReadMessage {
  return { from: undefined, text, id: undefined, form }
}

function isChatMessage(data: unknown): data is { readonly from: string; readonly text: string; readonly id?: unknown } {
  if (typeof data !== 'object' || data === null) return false
  const { from, text } = data as Record<string, unknown>
  return typeof from === 'string' && typeof text === 'string'
}

function describeBytes(bytes: Uint8Array): string {
  const first = [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return `${bytes.length} bytes: ${first}${bytes.length > 16 ? ' …' : ''}`
}
