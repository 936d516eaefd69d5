import type { HttpBindings } from '@hono/node-server'
import { type JsonValue, type Pattern, parsePattern, WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { HistoryWant } from '../../core/history/catch-up.js'
import type { Outbox } from '../../core/outbox.js'
import type { RelayView } from '../../core/relay.js'
import type { Session } from '../../core/session.js'
import { rateKeyOf } from '../../core/session-rates.js'
import { EventStream } from '../connections/event-stream.js'
import { goingAway } from '../dialects/dialect.js'
import type { Gateway } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { entered } from './entered.js'
import { eventEncoder, eventLines, eventText } from './event-encoder.js'
import { filterOfUrl } from './filter-of-url.js'
import { historyOfRequest } from './history-of-request.js'
import { reconnectWindow } from './reconnect-window.js'
import { subjectOfPath } from './subject-of-path.js'

/** Milliseconds between comments, which keep proxies from closing a quiet stream. */
const heartbeatMs = 25_000

/** How soon a client that has lost its stream reconnects, in milliseconds. */
const retryMs = 2000

/**
 * `GET /subscribe/<pattern>` with `Accept: text/event-stream`: the messages of a pattern as
 * Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). The stream
 * opens when the broker has confirmed; `?broker=` selects another one, `?filter=` the messages that
 * contain this JSON, and `?after=` or `?last=` kept messages to begin with. `data` is the body of a
 * v1 `Message` in JSON; the id of a kept message is its position. With a `Last-Event-ID`, the
 * stream begins with the kept messages after it. `event: gap`: messages were lost. `event: ended`
 * has the code and reason of the end.
 */
export const serverSentEvents: Gateway = ({ routes, closing }, relay) => {
  const streams = new Map<EventStream, Outbox>()
  let stopBeat = (): void => {}

  function beat(): void {
    stopBeat = relay.clock.after(heartbeatMs, beat)
    for (const stream of streams.keys()) stream.write(comment)
  }
  beat()

  routes.get('/subscribe/*', async (c, next) => {
    // No client would read or end the stream of a HEAD.
    if (c.req.method === 'HEAD' || !/\btext\/event-stream\b/i.test(c.req.header('accept') ?? '')) return next()
    if (closing.aborted) throw goingAway()
    const request = requestOf(c, relay.id)
    const { identity, address, leave } = await entered(c, relay)
    const { outgoing } = c.env as HttpBindings
    const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: relay.clock })
    const outbox = outboxOver(stream, relay)
    const session = relay.open(outbox, identity, rateKeyOf(identity.user, address))
    streams.set(stream, outbox)
    stream.whenEnded(() => {
      streams.delete(stream)
      session.close()
      outbox.close()
      leave()
    })
    await begin(stream, session, request)
    return stream.response()
  })

  closing.addEventListener('abort', () => {
    stopBeat()
    const [, windowMs] = reconnectWindow(streams.size)
    for (const outbox of [...streams.values()]) {
      outbox.deliver({ bytes: eventText(`retry: ${Math.round(relay.clock.random() * windowMs)}\n\n`) })
      outbox.end(goingAway())
    }
  })
}

/** A client's request. */
interface StreamRequest {
  readonly pattern: Pattern
  readonly broker: string | undefined
  readonly filter: JsonValue | undefined
  readonly history: HistoryWant | undefined
  /** Whether the client had a stream before, and has missed messages. */
  readonly returns: boolean
  /** The id of events while no message of the pattern is kept. */
  readonly relayId: string
}

/** @throws {WildcastError} `invalid_subject`, `invalid_frame` */
function requestOf(c: Context, relayId: string): StreamRequest {
  const pattern = parsePattern(subjectOfPath(new URL(c.req.url).pathname, '/subscribe/'))
  const [broker, filter] = [brokerOfUrl(c.req.url), filterOfUrl(c.req.url)]
  return { pattern, broker, filter, relayId, ...historyOfRequest(c) }
}

/** Opens a stream's outbox. Both end with the subscription. */
function outboxOver(stream: EventStream, relay: RelayView): Outbox {
  const outbox = relay.outbox(eventEncoder, {
    wire: stream,
    owner: {
      ended(_, { code, message }) {
        outbox.deliver({ bytes: eventLines('ended', { code, message }) })
        outbox.end(new WildcastError('interrupted', 'the subscription has ended'))
      },
    },
  })
  return outbox
}

/** Resolves when the broker has confirmed. If the subscription is refused, closes the stream. */
async function begin(stream: EventStream, session: Session, request: StreamRequest): Promise<void> {
  stream.write(eventText(`retry: ${retryMs}\n\n`))
  try {
    await subscribe(stream, session, request)
  } catch (cause) {
    stream.close()
    throw cause
  }
}

async function subscribe(
  stream: EventStream,
  session: Session,
  { pattern: subject, broker, filter, history, returns, relayId }: StreamRequest,
): Promise<void> {
  const want = { subject, broker, filter }
  try {
    if (history)
      return await session.subscribe({ ...want, history }, ({ recovered, whole }) => {
        // Messages that are not kept may be missing. Otherwise the history itself reports a gap.
        if (returns && recovered && !whole) stream.write(eventLines('gap', {}))
      })
  } catch (cause) {
    const isGone = returns && WildcastError.from(cause).code === 'unsupported'
    if (!isGone) throw cause // otherwise the broker no longer keeps messages of the pattern
  }
  if (returns) stream.write(eventLines('gap', {}))
  // A client that loses the stream before its first message comes back with this id.
  await session.subscribe(want, ({ position }) => stream.write(eventText(`id: ${position ?? relayId}\n\n`)))
}

const comment = eventText(':\n\n')
