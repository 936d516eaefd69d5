import type { HttpBindings } from '@hono/node-server'
import { jsonCodec, type MessageFrame, type Pattern, parsePattern, WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { Outbox } from '../../core/outbox.js'
import type { StreamEncoder } from '../../core/outlet.js'
import type { RelayView } from '../../core/relay.js'
import type { Session } from '../../core/session.js'
import { rateKeyOf } from '../../core/session-rates.js'
import { EventStream } from '../connections/event-stream.js'
import { joinFrames } from '../connections/framing.js'
import { goingAway } from '../dialects/dialect.js'
import { messageFrame } from '../dialects/message-frame.js'
import type { Gateway } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { entered } from './entered.js'
import { reconnectWindow } from './reconnect-window.js'
import { subjectOfPath } from './subject-of-path.js'

/** Milliseconds between comments, which keep proxies from closing a quiet stream. */
const heartbeatMs = 25_000

/** How soon a client that has lost its stream reconnects, in milliseconds. */
const retryMs = 2000

/**
 * `GET /subscribe/<pattern>` with `Accept: text/event-stream`: the messages of a pattern as
 * Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). The stream
 * opens when the broker has confirmed; `?broker=` selects another one. `data` is the body of a v1
 * `Message` in JSON. `event: gap`: messages were lost; a client with a `Last-Event-ID` gets one at
 * once, since nothing is kept for it. `event: ended` has the code and reason of the end.
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
    // No client would read or end the stream of a HEAD.
    if (c.req.method === 'HEAD' || !/\btext\/event-stream\b/i.test(c.req.header('accept') ?? '')) return next()
    const request = requestOf(c)
    const { identity, address, leave } = await entered(c, relay)
    const { outgoing } = c.env as HttpBindings
    const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: relay.clock })
    const outbox = outboxOver(stream, relay, encoder)
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
      outbox.deliver({ bytes: text(`retry: ${Math.round(relay.clock.random() * windowMs)}\n\n`) })
      outbox.end(goingAway())
    }
  })
}

/** A client's request. */
interface StreamRequest {
  readonly pattern: Pattern
  readonly broker: string | undefined
  /** Whether the client had a stream before, and has missed messages. */
  readonly returns: boolean
}

/** @throws {WildcastError} `invalid_subject` */
function requestOf(c: Context): StreamRequest {
  const pattern = parsePattern(subjectOfPath(new URL(c.req.url).pathname, '/subscribe/'))
  return { pattern, broker: brokerOfUrl(c.req.url), returns: Boolean(c.req.header('last-event-id')) }
}

/** Opens a stream's outbox. Both end with the subscription. */
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

/** Resolves when the broker has confirmed. If the subscription is refused, closes the stream. */
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

/** Streams of a pattern share events and ids. Ids increase, after an id of this start. */
function eventEncoder(start: string): StreamEncoder {
  let count = 0
  return {
    message: (message, feed) => text(`id: ${start}-${++count}\ndata: ${bodyOf(messageFrame(message, feed))}\n\n`),
    gap: (_, missed) => event('gap', { missed }),
    overrun: 'gap',
    join: joinFrames,
  }
}

/** In JSON without line breaks, so that no part of a message can begin another line. */
function bodyOf(frame: MessageFrame): string {
  return String(jsonCodec.encode(frame)).slice(`{"${frame.kind}":`.length, -1)
}

const event = (name: string, data: object): Uint8Array => text(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)

function text(lines: string): Uint8Array {
  return new TextEncoder().encode(lines)
}
