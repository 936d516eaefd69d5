import { WildcastError } from '@wildcast/protocol'
import type { Message } from './message.js'
import type { OnError } from './options.js'

/** Answers requests: what a handler returns is the answer, what it throws is the error, what it yields are the parts. May be async. */
export type Handler = (message: Message) => unknown

type Respond = NonNullable<Message['respond']>

/** Answers one request. Never rejects. */
export async function serve(message: Message, handler: Handler, onError: OnError): Promise<void> {
  const { respond } = message
  try {
    const answer = await handler(message)
    if (!respond) return // a mere publish
    await (isStream(answer) ? stream(answer, respond) : respond(answer))
  } catch (cause) {
    const error = WildcastError.from(cause)
    const { code, message: sentence } = error
    if (error !== cause) onError(error, { stage: 'handler' }) // a WildcastError is an answer that the handler meant
    await respond?.(undefined, { error: { code, message: sentence } }).catch((failure) =>
      onError(WildcastError.from(failure), { stage: 'handler' }),
    )
  }
}

/** Sends each part at once; what the generator returns is the last. */
async function stream(parts: AsyncIterable<unknown>, respond: Respond): Promise<void> {
  const iterator = parts[Symbol.asyncIterator]()
  try {
    while (true) {
      const { done, value } = await iterator.next()
      await respond(value, { more: !done })
      if (done) return
    }
  } finally {
    await iterator.return?.()
  }
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}
