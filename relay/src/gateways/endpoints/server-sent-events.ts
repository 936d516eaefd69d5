import type { HttpBindings } from '@hono/node-server'
import { jsonCodec, type MessageFrame, parsePattern, WildcastError } from '@wildcast/protocol'
import type { Outbox } from '../../core/outbox.js'
import type { StreamEncoder } from '../../core/outlet.js'
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
 * `data` is the body of a `Message` of v1 in JSON. `event: gap` tells that messages were lost; whoever comes back with a `Last-Event-ID` is told so at once, since
 * nothing is kept for it. `event: ended` has the code and reason for which nothing more comes.
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
    const pattern = parsePattern(subjectOfPath(new URL(c.req.url).pathname, '/subscribe/'))
    const broker = brokerOfUrl(c.req.url)
    const { outgoing } = c.env as HttpBindings
    const stream = new EventStream({ gone: c.req.raw.signal, outgoing, clock: relay.clock })
    const outbox = relay.outbox(encoder, {
      wire: stream,
      owner: {
        ended(_, { code, message }) {
          outbox.deliver({ bytes: event('ended', { code, message }) })
          outbox.end(new WildcastError('interrupted', 'the subscription has ended'))
        },
      },
    })
    const session = relay.open(outbox)
    streams.set(stream, outbox)
    stream.whenEnded(() => {
      streams.delete(stream)
      session.close()
      outbox.close()
    })
    stream.write(text(`retry: ${retryMs}\n\n`))
    if (c.req.header('last-event-id')) stream.write(event('gap', {}))
    try {
      await session.subscribe({ subject: pattern, broker }, () => {})
    } catch (cause) {
      stream.close()
      throw cause
    }
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
