import type { Context } from 'hono'
import type { HistoryPart, SubjectHistory } from '../../../core/history/subject-history.js'
import type { RelayView } from '../../../core/relay.js'
import { rateKeyOf } from '../../../core/session-rates.js'
import { entered } from '../entered.js'
import { goneAnswer } from './answers.js'
import { Bell } from './bell.js'
import { contentOf } from './content.js'
import { cursorAfter } from './cursor.js'
import { answerSize, isGone, partHeaders } from './read.js'
import { positionOf, type ReadRequest } from './read-request.js'

export interface LongPollOptions {
  /** How long an answer waits for messages. */
  readonly ms: number
  /** Aborted when the relay goes away. */
  readonly closing: AbortSignal
}

/** Answers with the messages after an offset, as soon as there are any. */
export async function answerLongPoll(
  c: Context,
  relay: RelayView,
  request: ReadRequest,
  options: LongPollOptions,
): Promise<Response> {
  const { identity, address, leave } = await entered(c, relay)
  const bell = new Bell()
  const session = relay.open(bell, identity, rateKeyOf(identity.user, address))
  try {
    const history = await session.history.open(request)
    const position = positionOf(request.offset) ?? (await history.newest())
    if (await isGone(history, request)) return goneAnswer()
    const there = await history.after(position, answerSize)
    if (there.isLate) return goneAnswer()
    const cursor = cursorAfter(request.cursor, relay.clock)
    if (there.messages.length > 0) return answerOf(history, there, cursor)
    const waiting = waitingFor(bell, c, relay, options)
    await session.subscribe({ subject: history.subject, broker: history.broker }, () => {})
    for (;;) {
      const rung = bell.next()
      const part = await history.after(position, answerSize)
      if (part.isLate) return goneAnswer()
      if (part.messages.length > 0 || waiting.isOver()) return answerOf(history, part, cursor)
      await Promise.race([rung, waiting.over])
    }
  } finally {
    session.close()
    leave()
  }
}

function answerOf(history: SubjectHistory, part: HistoryPart, cursor: string): Response {
  const headers = { ...partHeaders(history, part), 'stream-cursor': cursor, 'cache-control': 'private, no-cache' }
  if (part.messages.length === 0) return new Response(null, { status: 204, headers })
  return new Response(contentOf(part.messages, history.type), { headers })
}

/** A wait that ends with its time, the client or the relay; it rejects with the session. */
interface Waiting {
  isOver(): boolean
  readonly over: Promise<void>
}

function waitingFor(bell: Bell, c: Context, { clock }: RelayView, { ms, closing }: LongPollOptions): Waiting {
  let isOver = false
  const over = new Promise<void>((resolve, reject) => {
    const end = (): void => {
      isOver = true
      stop()
      resolve()
    }
    const stop = clock.after(ms, end)
    closing.addEventListener('abort', end, { once: true })
    c.req.raw.signal.addEventListener('abort', end, { once: true })
    bell.whenEnded(reject)
    if (closing.aborted) end()
  })
  over.catch(() => {}) // the loop meets it, too
  return { isOver: () => isOver, over }
}
