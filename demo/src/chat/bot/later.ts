import type { ChatEntry } from '../room-log.js'

/** Asks the bot, with code that the page has loaded before: a line that was cut may fail again. */
export async function askLater(key: string, question: ChatEntry): Promise<void> {
  const code = await import('../live/index.js').catch(() => undefined)
  await code?.ask(key, question)
}
