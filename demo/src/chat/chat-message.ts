/** The payload of `good.<room>`. */
export interface ChatMessage {
  readonly from: string
  readonly text: string
}

/**
 * Reads a message of a room. Every client may publish there, with curl for example, so another
 * payload is shown as it is.
 */
export function readChatMessage(data: unknown): ChatMessage {
  if (isChatMessage(data)) return data
  return { from: 'unknown', text: typeof data === 'string' ? data : JSON.stringify(data) }
}

function isChatMessage(data: unknown): data is ChatMessage {
  if (typeof data !== 'object' || data === null) return false
  const { from, text } = data as Record<string, unknown>
  return typeof from === 'string' && typeof text === 'string'
}
