import { WildcastError } from '@wildcast/protocol/client'
import type { Message } from '../messages/message.js'
import { type HandlerRunner, runnerOf } from './handler-runner.js'

/**
 * Handles requests: it returns the answer, throws the error, or yields the parts. May be async.
 */
export type Handler<Question = unknown, Answer = unknown> = (
  message: Message<Question>,
) => Answer | AsyncIterable<Answer> | PromiseLike<Answer | AsyncIterable<Answer>>

/**
 * Answers one request. Never rejects: passes to `report` the error of the handler, and the error of
 * an answer that could not be sent.
 */
export async function answerRequest(
  message: Message,
  handler: Handler,
  report: (cause: unknown) => void,
): Promise<void> {
  const { respond } = message
  const runner = runnerOf(message)
  try {
    const answer = await runner.run(() => handler(message))
    if (!respond) return // not a request
    const parts = (answer as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator]?.()
    await (parts ? stream(parts, respond, runner) : respond(answer))
  } catch (cause) {
    runner.failed(cause)
    const error = WildcastError.from(cause)
    if (error !== cause) report(error) // a WildcastError is an intended answer
    const refuse = async (error: WildcastError): Promise<unknown> => respond?.(undefined, { error })
    // An error that can't be sent, such as one with too long a message, must still be answered.
    await refuse(error)
      .catch((cause) => refuse(WildcastError.from(cause)))
      .catch(report)
  }
}

/**
 * Sends each part at once; the generator's return value is the last one. Ends the generator when
 * the requester no longer awaits its parts.
 */
async function stream(
  parts: AsyncIterator<unknown>,
  respond: NonNullable<Message['respond']>,
  { run }: HandlerRunner,
): Promise<void> {
  try {
    for (let more = true; more; ) {
      const { done, value } = await run(() => parts.next())
      const outcome = await respond(value, { more: !done })
      // Otherwise the requester has left, or the connection is lost: it can't be reached.
      more = !done && outcome === 'confirmed'
    }
  } finally {
    await run(() => parts.return?.())
  }
}
