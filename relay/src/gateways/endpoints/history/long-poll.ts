import type { Context } from 'hono'
import type { HistoryPart, SubjectHistory } from '../../../core/history/subject-history.js'
import type { RelayView } from '../../../core/relay.js'
import { rateKeyOf } from '../../../core/session-rates.js'
import { entered } from '../entered.js'
import { goneAnswer, type OpenAnswer } from './answers.js'
import { Bell } from './bell.js'
import { contentOf } from './content.js'
import { cursorAfter } from './cursor.js'
import { answerSize, isGone, partHeaders } from './read.js'
import { positionOf, type ReadRequest } from './read-request.js'

export interface LongPollOptions {
  /** How long an answer waits for messages. */
  readonly ms: number
  /** The answers of the endpoint that wait. */
  readonly open: Set<OpenAnswer>
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
    const waiting = new Waiting(bell, c.req.raw.signal, relay, options)
    try {
      await session.subscribe({ subject: history.subject, broker: history.broker }, () => {})
      for (;;) {
        const rung = bell.next()
        const part = await history.after(position, answerSize)
        if (part.isLate || (bell.takeGap() && !(await history.recovers(position)))) return goneAnswer()
        if (part.messages.length > 0 || waiting.isOver) return answerOf(history, part, cursor)
        await Promise.race([rung, waiting.over])
      }
    } finally {
      waiting.close()
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
class Waiting implements OpenAnswer {
  readonly over: Promise<void>
  isOver = false
  /** Ends it. */
  readonly close: () => void

  constructor(bell: Bell, gone: AbortSignal, { clock }: RelayView, { ms, open }: LongPollOptions) {
    let end = (): void => {}
    this.over = new Promise<void>((resolve, reject) => {
      end = resolve
      bell.whenEnded(reject)
    })
    this.over.catch(() => {}) // the loop meets it, too
    const stop = clock.after(ms, () => this.close())
    this.close = () => {
      this.isOver = true
      stop()
      gone.removeEventListener('abort', this.close)
      open.delete(this)
      end()
    }
    open.add(this)
    gone.addEventListener('abort', this.close)
    if (gone.aborted) this.close()
  }
}
