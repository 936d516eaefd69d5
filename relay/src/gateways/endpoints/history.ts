import type { Context } from 'hono'
import { NoHistory } from '../../core/history/no-history.js'
import { goingAway } from '../dialects/dialect.js'
import type { Gateway } from '../gateway.js'
import { type OpenAnswer, sentence } from './history/answers.js'
import { answerEvents } from './history/live-events.js'
import { answerLongPoll } from './history/long-poll.js'
import { answerHead, answerRead } from './history/read.js'
import { readRequestOf } from './history/read-request.js'
import { answerAppend, answerDeclare } from './history/write.js'
import { onlyBy } from './only-by.js'
import { withRequestSession } from './request-session.js'

/** Options of `historyEndpoint`. */
export interface HistoryEndpointOptions {
  /** How long an answer to a long poll waits for messages, in milliseconds. @default 20,000 */
  readonly longPollMs?: number | undefined
}

/**
 * Headers of every answer: no page may take the messages for a script or an image, and a browser
 * that shows them runs nothing, though their content type may be HTML.
 */
const secured = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; sandbox",
}

/**
 * `/history/<subject>`: the kept messages of a subject, by the protocol of Durable Streams
 * (https://github.com/durable-streams/durable-streams): PUT declares a content type, POST appends,
 * GET and HEAD read from an offset, and wait for more with `?live=long-poll` or `?live=sse`.
 */
export function historyEndpoint({ longPollMs = 20_000 }: HistoryEndpointOptions = {}): Gateway {
  return ({ routes, closing }, relay) => {
    /** Streams and long polls. */
    const open = new Set<OpenAnswer>()
    closing.addEventListener('abort', () => {
      for (const answer of [...open]) answer.close()
    })

    routes.use('/history/*', async (c, next) => {
      await next()
      for (const [name, value] of Object.entries(secured)) c.res.headers.set(name, value)
    })
    routes.all('/history/__ds/*', () => sentence(501, 'unsupported: there are no webhooks and subscriptions'))
    routes.get('/history/*', (c) => orNone(() => read(c)))
    routes.put('/history/*', (c) =>
      orNone(() => withRequestSession(c, relay, (session) => answerDeclare(c, relay, session))),
    )
    routes.post('/history/*', (c) =>
      orNone(() => withRequestSession(c, relay, (session) => answerAppend(c, relay, session))),
    )
    routes.all('/history/*', (c) => onlyBy(c, 'GET, HEAD, PUT, POST'))

    function read(c: Context): Promise<Response> {
      const request = readRequestOf(c)
      if (c.req.method === 'HEAD') return withRequestSession(c, relay, (session) => answerHead(c, session, request))
      if (request.live !== undefined && closing.aborted) throw goingAway()
      if (request.live === 'sse') return answerEvents(c, relay, request, open)
      if (request.live === 'long-poll') return answerLongPoll(c, relay, request, { ms: longPollMs, open })
      return withRequestSession(c, relay, (session) => answerRead(c, session, request))
    }
  }
}

/** Answers 404 if no message of the subject is kept. */
async function orNone(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer()
  } catch (cause) {
    if (cause instanceof NoHistory) return sentence(404, `there is no history: ${cause.message}`)
    throw cause
  }
}
