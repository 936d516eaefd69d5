import type { ChatEntry } from '../room-log.js'

/** Asks the bot, with code that is loaded on demand. Without it the question stays one. */
export async function askLater(key: string, question: ChatEntry): Promise<void> {
  const code = await import('./ask.js').catch(() => undefined)
  await code?.ask(key, question)
}
