import type { Message } from '@wildcast/client'

/** The payload of `good.<room>`. */
export interface ChatMessage {
  readonly from: string
  readonly text: string
  /** Chosen by the sender: a message that is sent twice is shown once. */
  readonly id: string
  /** When it was written, by the sender's clock: milliseconds since 1970. */
  readonly at: number
}

/** How a message of a room is shown. */
export interface ReadMessage {
  /** Undefined if it isn't a chat message. */
  readonly from: string | undefined
  readonly text: string
  /** Undefined if it has no valid one. */
  readonly id: string | undefined
  readonly form: 'text' | 'code'
  /** Undefined if the message has no valid time. */
  readonly sentAt: number | undefined
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
  const { from, text, id, at } = data
  const isValid = typeof id === 'string' && id !== '' && id.length <= longestId
  return {
    from,
    text,
    id: isValid ? id : undefined,
    form: 'text',
    sentAt: typeof at === 'number' && at > 0 ? at : undefined,
  }
}

function foreign(text: string, form: ReadMessage['form']): ReadMessage {
  return { from: undefined, text, id: undefined, form, sentAt: undefined }
}

interface AnyChatMessage extends Pick<ChatMessage, 'from' | 'text'> {
  readonly id?: unknown
  readonly at?: unknown
}

function isChatMessage(data: unknown): data is AnyChatMessage {
  if (typeof data !== 'object' || data === null) return false
  const { from, text } = data as Record<string, unknown>
  return typeof from === 'string' && typeof text === 'string'
}

function describeBytes(bytes: Uint8Array): string {
  const first = [...bytes.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return `${bytes.length} bytes: ${first}${bytes.length > 16 ? ' …' : ''}`
}
