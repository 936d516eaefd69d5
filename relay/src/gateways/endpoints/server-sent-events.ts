import type { HttpBindings } from '@hono/node-server'
import { jsonCodec, type MessageFrame, type Pattern, parsePattern, WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { Outbox } from '../../core/outbox.js'
import type { StreamEncoder } from '../../core/outlet.js'
import type { RelayView } from '../../core/relay.js'
import type { Session } from '../../core/session.js'
import { EventStream } from '../connections/event-stream.js'
import { joinFrames } from '../connections/framing.js'
import { goingAway } from '../dialects/dialect.js'
import { messageFrame } from '../dialects/message-frame.js'
import type { Gateway } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { reconnectWindow } from './reconnect-window.js'
import { subjectOfPath } from './subject-of-path.js'

/** Milliseconds between comments that keep proxies from closing a quiet stream. */
const heartbeatMs = 25_000

/** How soon a client comes back that has lost its stream, in milliseconds. */
const retryMs = 2000

/**
 * `GET /subscribe/<pattern>` with `Accept: text/event-stream`: the messages of a pattern as Server-Sent Events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). The stream opens when the broker has confirmed; `?broker=` names another one.
 *
 * `data` is the body of a `Message` of v1 in JSON. `event: gap` means that messages were lost; a client that comes back with a `Last-Event-ID` gets one at once,
 * since nothing is kept for it. `event: ended` has the code and reason for which nothing more comes.
 */
export const serverSentEvents: Gateway = ({ routes, closing }, relay) => {
  const streams = new Map<EventStream, Outbox>()
  const encoder = eventEncoder(relay.newId())
  let stopBeat = (): void => {}

  function beat(): void {
    stopBeat = relay.clock.after(heartbeatMs, beat)
    for (const stream of streams.keys()) stream.write(comment)
  }
  beat()

  routes.get('/subscribe/*', async (c, next) => {
    // Nobody would read or end the stream of a HEAD.
    if (c.req.method === 'HEAD' || !/\btext\/event-stream\b/i.test(c.req.header('accept') ?? '')) return next()
    const request = requestOf(c)
    const { outgoing } = c.env as HttpBindings
    const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: relay.clock })
    const outbox = outboxOver(stream, relay, encoder)
    const session = relay.open(outbox)
    streams.set(stream, outbox)
    stream.whenEnded(() => {
      streams.delete(stream)
      session.close()
      outbox.close()
    })
    await begin(stream, session, request)
    return stream.response()
  })

  closing.addEventListener('abort', () => {
    stopBeat()
    const [, windowMs] = reconnectWindow(streams.size)
    for (const outbox of [...streams.values()]) {
      outbox.deliver({ bytes: text(`retry: ${Math.round(relay.clock.random() * windowMs)}\n\n`) })
      outbox.end(goingAway())
    }
  })
}

/** What a client asks for. */
interface StreamRequest {
  readonly pattern: Pattern
  readonly broker: string | undefined
  /** The client had a stream before, and has missed what came since. */
  readonly returns: boolean
}

/** @throws {WildcastError} `invalid_subject` */
function requestOf(c: Context): StreamRequest {
  const pattern = parsePattern(subjectOfPath(new URL(c.req.url).pathname, '/subscribe/'))
  return { pattern, broker: brokerOfUrl(c.req.url), returns: Boolean(c.req.header('last-event-id')) }
}

/** The stream of a client ends with its subscription. */
function outboxOver(stream: EventStream, relay: RelayView, encoder: StreamEncoder): Outbox {
  const outbox = relay.outbox(encoder, {
    wire: stream,
    owner: {
      ended(_, { code, message }) {
        outbox.deliver({ bytes: event('ended', { code, message }) })
        outbox.end(new WildcastError('interrupted', 'the subscription has ended'))
      },
    },
  })
  return outbox
}

/** Resolves when the broker has confirmed. A stream whose subscription is refused is closed. */
async function begin(
  stream: EventStream,
  session: Session,
  { pattern, broker, returns }: StreamRequest,
): Promise<void> {
  stream.write(text(`retry: ${retryMs}\n\n`))
  if (returns) stream.write(event('gap', {}))
  try {
    await session.subscribe({ subject: pattern, broker }, () => {})
  } catch (cause) {
    stream.close()
    throw cause
  }
}

const comment = text(':\n\n')

/** Events are shared by all streams of a pattern, and so are their ids: they only grow, and begin with what names this start of the relay. */
function eventEncoder(start: string): StreamEncoder {
  let count = 0
  return {
    message: (message, feed) => text(`id: ${start}-${++count}\ndata: ${bodyOf(messageFrame(message, feed))}\n\n`),
    gap: (_, missed) => event('gap', { missed }),
    overrun: 'gap',
    join: joinFrames,
  }
}

/** In JSON without line breaks, so that nothing in a message can begin a line of its own. */
function bodyOf(frame: MessageFrame): string {
  return String(jsonCodec.encode(frame)).slice(`{"${frame.kind}":`.length, -1)
}

function event(name: string, data: object): Uint8Array {
  return text(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}

function text(lines: string): Uint8Array {
  return new TextEncoder().encode(lines)
}
