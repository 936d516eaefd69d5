import type { HttpBindings } from '@hono/node-server'
import { WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { HistoryPart, SubjectHistory } from '../../../core/history/subject-history.js'
import { stuckMs } from '../../../core/outbox-limits.js'
import { watchProgress } from '../../../core/progress.js'
import type { RelayView } from '../../../core/relay.js'
import { rateKeyOf } from '../../../core/session-rates.js'
import { EventStream } from '../../connections/event-stream.js'
import { entered } from '../entered.js'
import { eventText } from '../event-encoder.js'
import { goneAnswer, type OpenAnswer } from './answers.js'
import { Bell } from './bell.js'
import { contentOf, formOf } from './content.js'
import { cursorAfter } from './cursor.js'
import { isGone } from './read.js'
import { positionOf, type ReadRequest } from './read-request.js'

/** The most messages of an event, and bytes of their payloads. */
const eventSize = { messages: 100, bytes: 64 * 1024 }

/** Milliseconds between comments, which keep proxies from closing a quiet stream. */
const heartbeatMs = 25_000

/**
 * Answers with the messages after an offset as Server-Sent Events, and with those that follow. It
 * reads the history as fast as the client takes it, so that a slow client takes no memory.
 * @param open - the answers of the endpoint that wait
 */
export async function answerEvents(
  c: Context,
  relay: RelayView,
  request: ReadRequest,
  open: Set<OpenAnswer>,
): Promise<Response> {
  const { identity, address, leave } = await entered(c, relay)
  const bell = new Bell()
  const session = relay.open(bell, identity, rateKeyOf(identity.user, address))
  const end = (): void => {
    session.close()
    leave()
  }
  try {
    const history = await session.history.open(request)
    const position = positionOf(request.offset) ?? (await history.newest())
    if (await isGone(history, request)) {
      end()
      return goneAnswer()
    }
    await session.subscribe({ subject: history.subject, broker: history.broker }, () => {})
    const { outgoing } = c.env as HttpBindings
    const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: relay.clock })
    const events = new LiveEvents({ relay, stream, bell, history, cursor: request.cursor })
    open.add(stream)
    stream.whenEnded(() => {
      open.delete(stream)
      events.stop()
      end()
    })
    events.start(position)
    if (c.req.raw.signal.aborted) stream.close()
    return stream.response(headersOf(history))
  } catch (cause) {
    end()
    throw cause
  }
}

function headersOf({ type }: SubjectHistory): Record<string, string> {
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' }
  return formOf(type) === 'bytes' ? { ...headers, 'stream-sse-data-encoding': 'base64' } : headers
}

interface LiveEventsPorts {
  readonly relay: RelayView
  readonly stream: EventStream
  readonly bell: Bell
  readonly history: SubjectHistory
  readonly cursor: string | undefined
}

/** Writes the messages of a history to a stream. */
class LiveEvents {
  readonly #ports: LiveEventsPorts
  #isOver = false
  #stopBeat: () => void = () => {}

  constructor(ports: LiveEventsPorts) {
    this.#ports = ports
  }

  start(position: string): void {
    const { stream, bell } = this.#ports
    bell.whenEnded(() => stream.close())
    this.#beat()
    // The client comes back with its last offset, and gets the reason as an answer.
    this.#run(position).catch(() => stream.close())
  }

  stop(): void {
    this.#isOver = true
    this.#stopBeat()
  }

  async #run(start: string): Promise<void> {
    const { stream, bell, history } = this.#ports
    let [position, isFirst] = [start, true]
    while (!this.#isOver) {
      const rung = bell.next()
      const part = await history.after(position, eventSize)
      const isLost = bell.takeGap() && !(await history.recovers(position))
      if (this.#isOver) return
      if (part.isLate || isLost) return stream.close()
      const isWorth = part.messages.length > 0 || isFirst
      if (isWorth && !stream.write(this.#eventsOf(part))) await this.#drained()
      position = part.next
      isFirst = false
      if (part.isNewest) await rung
    }
  }

  #eventsOf(part: HistoryPart): Uint8Array {
    const { history, relay, cursor } = this.#ports
    const control = JSON.stringify({
      streamNextOffset: part.next,
      streamCursor: cursorAfter(cursor, relay.clock),
      ...(part.isNewest && { upToDate: true }),
    })
    const data =
      part.messages.length > 0 ? `event: data\n${dataLines(contentOf(part.messages, history.type), history)}\n` : ''
    return eventText(`${data}event: control\ndata:${control}\n\n`)
  }

  /** Resolves when the client has read what was written. A client that reads nothing is cut off. */
  #drained(): Promise<void> {
    const { stream, relay } = this.#ports
    return new Promise((resolve) => {
      const stuck = (): void => stream.end(new WildcastError('slow_consumer', 'nothing was read; read faster'))
      const stop = watchProgress(relay.clock, { progress: () => `${stream.waiting}`, ms: stuckMs, stuck })
      stream.whenDrained(() => {
        stop()
        resolve()
      })
    })
  }

  #beat(): void {
    const { relay, stream } = this.#ports
    this.#stopBeat = relay.clock.after(heartbeatMs, () => {
      stream.write(comment)
      this.#beat()
    })
  }
}

const comment = eventText(':\n\n')

/** A reader leaves one space out after the colon, and joins the lines. */
function dataLines(body: string | Uint8Array, { type }: SubjectHistory): string {
  const text =
    typeof body === 'string' ? body : Buffer.from(body).toString(formOf(type) === 'bytes' ? 'base64' : 'utf8')
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `data:${line.startsWith(' ') ? ' ' : ''}${line}\n`)
    .join('')
}
