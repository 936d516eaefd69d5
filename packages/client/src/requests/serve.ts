import { WildcastError } from '@wildcast/protocol/client'
import type { Message } from '../messages/message.js'

/**
 * Answers requests: what a handler returns is the answer, what it throws is the error, what it
 * yields are the parts. May be async.
 */
export type Handler<Question = unknown, Answer = unknown> = (
  message: Message<Question>,
) => Answer | AsyncIterable<Answer> | PromiseLike<Answer | AsyncIterable<Answer>>

/**
 * Answers one request. Never rejects: `report` hears what the handler threw, and what became of an
 * answer that could not be sent.
 */
export async function answerRequest(
  message: Message,
  handler: Handler,
  report: (cause: unknown) => void,
): Promise<void> {
  const { respond } = message
  try {
    const answer = await handler(message)
    if (!respond) return // a mere publish
    const parts = (answer as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator]?.()
    await (parts ? stream(parts, respond) : respond(answer))
  } catch (cause) {
    const error = WildcastError.from(cause)
    if (error !== cause) report(error) // a WildcastError is an answer that the handler meant
    const refuse = async (error: WildcastError): Promise<unknown> => respond?.(undefined, { error })
    // What can not travel, such as a page as the message, must not leave the asker waiting.
    await refuse(error)
      .catch((cause) => refuse(WildcastError.from(cause)))
      .catch(report)
  }
}

/**
 * Sends each part at once; what the generator returns is the last. Ends the generator once nobody
 * awaits its parts.
 */
async function stream(parts: AsyncIterator<unknown>, respond: NonNullable<Message['respond']>): Promise<void> {
  try {
    for (let more = true; more; ) {
      const { done, value } = await parts.next()
      const outcome = await respond(value, { more: !done })
      // Refused, since the asker has left, or lost together with the connection: nobody can be
      // reached any more.
      more = !done && outcome === 'confirmed'
    }
  } finally {
    await parts.return?.()
  }
}
