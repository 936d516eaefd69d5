import { WildcastError } from '@wildcast/protocol'
import type { Message } from './message.js'
import type { OnError } from './options.js'

/** Answers requests: what a handler returns is the answer, what it throws is the error, what it yields are the parts. May be async. */
export type Handler = (message: Message) => unknown

/** Answers one request. Never rejects. */
export async function serve(message: Message, handler: Handler, onError: OnError): Promise<void> {
  const { respond } = message
  const report = (error: WildcastError): void => onError(error, { stage: 'handler' })
  try {
    const answer = await handler(message)
    if (!respond) return // a mere publish
    const parts = (answer as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator]?.()
    await (parts ? stream(parts, respond) : respond(answer))
  } catch (cause) {
    const error = WildcastError.from(cause)
    if (error !== cause) report(error) // a WildcastError is an answer that the handler meant
    await respond?.(undefined, { error: { code: error.code, message: error.message } }).catch((failure) =>
      report(WildcastError.from(failure)),
    )
  }
}

/** Sends each part at once; what the generator returns is the last. */
async function stream(parts: AsyncIterator<unknown>, respond: NonNullable<Message['respond']>): Promise<void> {
  try {
    for (let more = true; more; ) {
      const { done, value } = await parts.next()
      more = !done
      await respond(value, { more })
    }
  } finally {
    await parts.return?.()
  }
}
