/** What the chat publishes on `good.<room>`. */
export interface ChatMessage {
  readonly from: string
  readonly text: string
}

/**
 * Reads what came on a room's subject. Anybody may publish there, with curl for example, so
 * whatever is not ours is shown as it is.
 */
export function readChatMessage(data: unknown): ChatMessage {
  if (isChatMessage(data)) return data
  return { from: 'somebody', text: typeof data === 'string' ? data : JSON.stringify(data) }
}

function isChatMessage(data: unknown): data is ChatMessage {
  if (typeof data !== 'object' || data === null) return false
  const { from, text } = data as Record<string, unknown>
  return typeof from === 'string' && typeof text === 'string'
}
